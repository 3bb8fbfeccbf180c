import { hash } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ProvisionEvent } from "@llama-orch/catalog-core";
import { memoryFetcher } from "@llama-orch/contract-tests";
import { fileFetcher } from "@llama-orch/fetcher-file";
import { createProvisioner } from "@llama-orch/model-provisioner";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type PoolServer, startPoolServer } from "./pool-server.ts";
import type { Replica } from "./replicas.ts";

const digestOfAbc = `sha256:${hash("sha256", "abc")}`;
const digestOfXyz = `sha256:${hash("sha256", "xyz")}`;

let folder: string;
let model: string;
let pool: PoolServer;
let log: Readonly<Record<string, unknown>>[];
let logged: EventEmitter;
let events: ProvisionEvent[];
/** A fetcher whose work goes on until `release`. */
let slow: ReturnType<typeof memoryFetcher>;
let release: () => void;
let underway: Promise<void>;

beforeEach(async () => {
  folder = await mkdtemp(join(await realpath(tmpdir()), "pool-manager-"));
  model = join(folder, "model.gguf");
  await writeFile(model, "abc");
  log = [];
  logged = new EventEmitter();
  events = [];
  const [held, started] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  release = held.resolve;
  underway = started.promise;
  slow = memoryFetcher({
    models: { slow: { files: { "slow.gguf": "abc" } } },
    onFetch: () => {
      started.resolve();
      return held.promise;
    },
  });
  pool = await startPoolServer({
    provisioner: createProvisioner({
      cacheDir: join(folder, "cache"),
      fetchers: [fileFetcher(), slow],
      onEvent: (event) => events.push(event),
    }),
    log(line) {
      log.push(line);
      logged.emit("line");
    },
  });
});
afterEach(async () => {
  await pool.close();
  await rm(folder, { recursive: true });
});

describe("a replica", () => {
  test("is ready when its model is on disk and verified", async () => {
    const { status, body, headers } = await post({ model, digest: digestOfAbc });
    expect(status).toBe(202);
    expect(body).toMatchObject({ state: "preparing" });
    expect(headers.get("location")).toBe(`/replicas/${body.id}`);
    expect(await settled(body.id)).toMatchObject({ state: "ready", localPath: model });
  });

  test("is not ready while its model is on the way", async () => {
    const { body } = await post({ model: "mem:slow" });
    await underway;
    expect((await get(`/replicas/${body.id}`)).body).toMatchObject({ state: "preparing" });
    release();
    expect(await settled(body.id)).toMatchObject({ state: "ready" });
  });

  test.each([
    ["there is no such file", { model: "file:/no/such/model.gguf" }, "FILE_NOT_FOUND"],
    ["its digest is another", { digest: digestOfXyz }, "DIGEST_MISMATCH"],
    ["nobody can bring it: downloads are not taken for granted", { model: "hf:org/repo/model.gguf" }, "NO_FETCHER"],
    ["its reference makes no sense", { model: "hf:org" }, "REF_INVALID"],
  ])("fails when %s, and says what to do", async (_, request, code) => {
    const { body } = await post({ model, ...request });
    const replica = await settled(body.id);
    expect(replica).toMatchObject({ state: "failed", error: { code } });
    expect(replica.error?.hint).toMatch(/\S/);
    expect(replica.localPath).toBeUndefined();
    expect(log).toMatchObject([{ replica: body.id, state: "failed", error: { code } }]);
  });

  test("shares the work with another of the same model", async () => {
    const posted = [await post({ model: "mem:slow" }), await post({ model: "mem:slow" })];
    await underway;
    release();
    const replicas = await Promise.all(posted.map(({ body }) => settled(body.id)));
    expect(replicas.map(({ state }) => state)).toEqual(["ready", "ready"]);
    expect(replicas[0]?.localPath).toBe(replicas[1]?.localPath);
    expect(slow.calls.fetch).toBe(1);
  });

  test("logs one line with the figures of its ensure", async () => {
    const { body } = await post({ model, digest: digestOfAbc }, { "X-Correlation-Id": "abc-1" });
    await settled(body.id);
    expect(log).toMatchObject([
      {
        replica: body.id,
        state: "ready",
        staged_bytes: 0,
        verification: { outcome: "pass", expected: digestOfAbc, actual: digestOfAbc },
        correlation_id: "abc-1",
      },
    ]);
    expect(log[0]?.["duration_ms"]).toEqual(expect.any(Number));
  });

  test("shows no secret of its reference, neither in the log nor in an answer", async () => {
    const { body } = await post({ model: "https://user:pa55word@example.com/a.gguf?token=t0ps3cret" });
    const replica = await settled(body.id);
    expect(replica).toMatchObject({ error: { code: "NO_FETCHER" } });
    expect(JSON.stringify([body, replica, log])).not.toMatch(/pa55word|t0ps3cret/);
  });
});

describe("X-Correlation-Id", () => {
  test("goes from the request to the ensure, its events and its log line, and back", async () => {
    const { body, headers } = await post({ model }, { "X-Correlation-Id": "abc-1" });
    await settled(body.id);
    expect(headers.get("x-correlation-id")).toBe("abc-1");
    expect(events.map(({ type }) => type)).toContain("ensure-finished");
    expect(new Set(events.map(({ correlationId }) => correlationId))).toEqual(new Set(["abc-1"]));
    expect(log).toMatchObject([{ correlation_id: "abc-1" }]);
  });

  test("is made up where there is none, and is the same everywhere", async () => {
    const { body, headers } = await post({ model });
    await settled(body.id);
    const correlationId = headers.get("x-correlation-id");
    expect(correlationId).toMatch(/^[\x21-\x7e]{1,128}$/);
    expect(events[0]).toMatchObject({ correlationId });
    expect(log).toMatchObject([{ correlation_id: correlationId }]);
  });

  test.each(["with space", "a".repeat(129), "caf\u00e9", ""])("%j is refused, and nothing is begun", async (id) => {
    const { status, body } = await post({ model }, { "X-Correlation-Id": id });
    expect(status).toBe(400);
    expect(body).toMatchObject({ error: { code: "POOL_CORRELATION_ID_INVALID" } });
    expect((await get("/healthz")).body).toMatchObject({ replicas: { preparing: 0, ready: 0, failed: 0 } });
  });
});

describe("the server", () => {
  test("says what it can bring, and how its replicas are", async () => {
    await settled((await post({ model })).body.id);
    await settled((await post({ model: "file:/no/such/model.gguf" })).body.id);
    expect((await get("/healthz")).body).toEqual({
      status: "ok",
      schemes: ["file", "mem"],
      network: false,
      replicas: { preparing: 0, ready: 1, failed: 1 },
    });
  });

  test.each([
    ["no JSON", "model", "POOL_REQUEST_INVALID"],
    ["no object", "null", "POOL_REQUEST_INVALID"],
    ["no model", "{}", "POOL_REQUEST_INVALID"],
    ["a model that is no text", '{"model":7}', "POOL_REQUEST_INVALID"],
    ["a digest that is no text", '{"model":"a","digest":7}', "POOL_REQUEST_INVALID"],
    ["a digest that is none", '{"model":"a","digest":"md5:00"}', "DIGEST_INVALID"],
    ["a body without end", `{"model":"${"a".repeat(20_000)}"}`, "POOL_REQUEST_INVALID"],
  ])("answers 400 to %s", async (_, body, code) => {
    const answer = await send("/replicas", { method: "POST", body });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ error: { code } });
  });

  test.each([
    ["/replicas/unknown", "POOL_REPLICA_UNKNOWN"],
    ["/models", "POOL_ROUTE_UNKNOWN"],
  ])("answers 404 to %s", async (path, code) => {
    const answer = await get(path);
    expect(answer.status).toBe(404);
    expect(answer.body).toMatchObject({ error: { code } });
  });

  test("stops what it was preparing when it is closed, and then takes no more", async () => {
    await post({ model: "mem:slow" });
    await underway;
    await pool.close();
    expect(log).toMatchObject([{ state: "failed", error: { code: "POOL_CLOSING" } }]);
    await expect(fetch(`${pool.url}/healthz`)).rejects.toThrow();
  });
});

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Of what is not a replica, nothing is there. */
  readonly body: Partial<Replica>;
}

function post(body: object, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return send("/replicas", { method: "POST", body: JSON.stringify(body), headers });
}

function get(path: string): Promise<Answer> {
  return send(path);
}

async function send(path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(`${pool.url}${path}`, init);
  const body = (await response.json()) as Answer["body"];
  return { status: response.status, headers: response.headers, body };
}

/** The replica as it is once its line is in the log. */
async function settled(id: string | undefined): Promise<Answer["body"]> {
  while (!log.some(({ replica }) => replica === id)) await once(logged, "line");
  return (await get(`/replicas/${id}`)).body;
}
