import { writeFile } from "node:fs/promises";
import { inspect } from "node:util";
import { ModelError, type ModelFetcher, requestUrl } from "@llama-orch/catalog-core";
import { memoryFetcher } from "@llama-orch/contract-tests";
import { expect, test, vi } from "vitest";
import { ModelProvisioner } from "./provisioner.ts";
import { sha256 } from "./testing/files.ts";
import { openSetting } from "./testing/setting.ts";

const models = { tiny: { files: { "tiny.gguf": "abc" } } };

test("every step of bringing a model is told, in order, with the caller's correlation id", async () => {
  await using setting = await openSetting();
  const provisioner = new ModelProvisioner(setting.catalog, memoryFetcher({ models }), setting.listening);
  const { report } = await provisioner.ensurePresentStr("mem:tiny", sha256("abc"), { correlationId: "req-42" });
  const steps = setting.types().filter((type) => !type.endsWith("-progress"));
  expect(steps).toEqual([
    "ensure-started",
    "plan-made",
    "fetch-started",
    "fetch-finished",
    "digest-verified",
    "model-published",
    "entry-registered",
    "ensure-finished",
  ]);
  for (const event of setting.events) expect(event).toMatchObject({ id: "mem:tiny", correlationId: "req-42" });
  expect(setting.events.at(-1)).toMatchObject({ type: "ensure-finished", report });
});

test("progress adds up over the files", async () => {
  await using setting = await openSetting();
  const fetcher = memoryFetcher({ models: { two: { files: { a: "12345", b: "678" } } } });
  await new ModelProvisioner(setting.catalog, fetcher, setting.listening).ensurePresentStr("mem:two");
  const last = setting.events.findLast(({ type }) => type === "fetch-progress");
  expect(last).toMatchObject({ overall: { receivedBytes: 8, totalBytes: 8 } });
});

test("a call without a correlation id gets one of its own", async () => {
  await using setting = await openSetting();
  const provisioner = new ModelProvisioner(setting.catalog, memoryFetcher({ models }), setting.listening);
  await provisioner.ensurePresentStr("mem:tiny");
  await provisioner.ensurePresentStr("mem:tiny");
  const ids = new Set(setting.events.map(({ correlationId }) => correlationId));
  expect(ids.size).toBe(2);
});

test("the call's listener hears its own call alone", async () => {
  await using setting = await openSetting();
  const provisioner = new ModelProvisioner(setting.catalog, memoryFetcher({ models }), setting.listening);
  const heard: string[] = [];
  await provisioner.ensurePresentStr("mem:tiny", undefined, { onEvent: ({ type }) => heard.push(type) });
  const own = heard.length;
  await provisioner.ensurePresentStr("mem:tiny");
  expect(own).toBeGreaterThan(0);
  expect(heard).toHaveLength(own);
});

test.each([
  [
    "throws",
    () => {
      throw new Error("broken listener");
    },
  ],
  [
    "throws what cannot be made a text",
    () => {
      throw Object.create(null);
    },
  ],
  ["rejects, being an async function", () => Promise.reject(new Error("broken listener"))],
])("a listener that %s changes nothing, and is logged", async (_how, onEvent) => {
  await using setting = await openSetting();
  const error = vi.fn();
  const logger = { debug() {}, info() {}, warn() {}, error };
  // oxlint-disable-next-line typescript/no-misused-promises -- this is the misuse that is tested
  const provisioner = new ModelProvisioner(setting.catalog, memoryFetcher({ models }), { logger, onEvent });
  const calls = await Promise.all([provisioner.ensurePresentStr("mem:tiny"), provisioner.ensurePresentStr("mem:tiny")]);
  expect(calls).toMatchObject([{ id: "mem:tiny" }, { id: "mem:tiny" }]);
  expect(error).toHaveBeenCalled();
});

test("what a fetcher logs is redacted before the logger gets it, and a logger that throws changes nothing", async () => {
  await using setting = await openSetting();
  const info = vi.fn(() => {
    throw new Error("broken logger");
  });
  const fetcher = memoryFetcher({
    models,
    onPlan: (_ref, { logger }) =>
      logger.info("GET https://u:hunter2hunter2@h/x", { headers: { authorization: "Bearer hunter2hunter2" } }),
  });
  const logger = { debug() {}, info, warn() {}, error() {} };
  await new ModelProvisioner(setting.catalog, fetcher, { logger }).ensurePresentStr("mem:tiny");
  expect(info).toHaveBeenCalledOnce();
  expect(JSON.stringify(info.mock.calls)).not.toContain("hunter2");
});

test("defect 22: no event, error or record holds a secret of the reference", async () => {
  await using setting = await openSetting();
  const secret = "hunter2hunter2";
  const reference = `https://user:pa ${secret}@example.com/model.gguf?token=${secret}&X-Amz-Signature=${secret}`;
  const seen: string[] = [];
  const fetcher: ModelFetcher<"https"> = {
    ...memoryFetcher({ scheme: "https", models: {} }),
    async plan(ref) {
      if (ref.kind !== "url") throw new TypeError("not a URL");
      // The fetcher alone has what the person wrote.
      seen.push(requestUrl(ref));
      return { ref, source: requestUrl(ref), location: "managed", kind: "file", files: [{ path: "model.gguf" }] };
    },
    async fetch(_plan, ingest) {
      if (seen.length === 1) {
        throw new ModelError("WEB_REFUSED", "network", {
          message: `GET ${reference}: 503`,
          hint: `Try ${reference} again.`,
        });
      }
      await writeFile((await ingest.target("model.gguf")).path, "abc");
      return { files: [{ path: "model.gguf", sizeBytes: 3 }], movedBytes: 3, reusedBytes: 0 };
    },
  };
  const provisioner = new ModelProvisioner(setting.catalog, fetcher, setting.listening);
  const error = await provisioner.ensurePresentStr(reference).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: "WEB_REFUSED" });
  const model = await provisioner.ensurePresentStr(reference);
  const record = await setting.catalog.get(model.id);
  expect(seen[0]).toContain(secret);
  expect(record).toMatchObject({ provenance: { fetcher: "memory-fetcher-https" } });
  expect(JSON.stringify([setting.events, error, inspect(error), model, record])).not.toContain(secret);
});
