import { mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseModelRef } from "@llama-orch/catalog-core";
import { fetchContext, modelFetcherContract, type TempIngest, tempIngest } from "@llama-orch/contract-tests";
import { fileFetcher } from "@llama-orch/fetcher-file";
import { createProvisioner } from "@llama-orch/model-provisioner";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { shelfFetcher } from "./shelf-fetcher.ts";
import { type ShelfServer, startShelfServer } from "./testing/shelf-server.ts";

const weights = "0123456789".repeat(1000);
const tiny = { version: "2025-09-19", files: { "tiny.gguf": weights } };
const whole = { version: "1", files: { "config.json": "{}", "weights/a b%.gguf": weights, "weights/empty": "" } };

modelFetcherContract({
  test,
  async factory() {
    const shelf = await startShelfServer({ tiny, whole, slow: { ...tiny, holdAtByte: 4000 } });
    const present = { ref: parseModelRef("shelf:tiny"), files: tiny.files };
    return {
      fetcher: shelfFetcher(shelf.baseUrl),
      cases: {
        present,
        directory: { ref: parseModelRef("shelf:whole"), files: whole.files },
        missing: { ref: parseModelRef("shelf:absent"), code: "SHELF_NOT_FOUND" },
        unsupported: { ref: parseModelRef("shelf://tiny"), code: "SHELF_FORM_UNSUPPORTED" },
        change: { ...present, change: () => void (shelf.models["tiny"] = { ...tiny, version: "2025-10-01" }) },
        slow: { ref: parseModelRef("shelf:slow"), underway: () => shelf.held() },
        locators: ["tiny", "TINY", "Tiny-2.5_b"],
      },
      teardown: () => shelf.close(),
    };
  },
  // It has no credentials, and its references have no place for any.
  supports: { secrets: false },
});

let shelf: ShelfServer;
beforeEach(async () => {
  shelf = await startShelfServer({ tiny, whole });
});
afterEach(() => shelf.close());

describe("in a provisioner", () => {
  let cacheDir: string;
  beforeEach(async () => {
    cacheDir = await mkdtemp(join(await realpath(tmpdir()), "custom-fetcher-"));
  });
  afterEach(() => rm(cacheDir, { recursive: true }));

  test("brings a model, which is believed because the shelf says what its digest is", async () => {
    const provisioner = createProvisioner({ cacheDir, fetchers: [fileFetcher(), shelfFetcher(shelf.baseUrl)] });
    const { id, localPath } = await provisioner.ensurePresentStr("shelf:Tiny", undefined, { correlationId: "abc-1" });
    expect(id).toBe("shelf:tiny");
    expect(await readFile(localPath, "utf8")).toBe(weights);
    expect(await provisioner.catalog.get(id)).toMatchObject({
      lifecycle: "Active",
      location: "managed",
      trust: "upstream",
      provenance: { fetcher: "shelf-fetcher", revision: tiny.version, movedBytes: weights.length },
    });
    expect(shelf.requests.map(({ correlationId }) => correlationId)).toEqual(["abc-1", "abc-1"]);
  });

  test("asks the shelf for nothing that is here, however its name is written", async () => {
    const provisioner = createProvisioner({ cacheDir, fetchers: [shelfFetcher(shelf.baseUrl)] });
    await provisioner.ensurePresentStr("shelf:tiny");
    const asked = shelf.requests.length;
    await expect(provisioner.ensurePresentStr("SHELF:TINY")).resolves.toMatchObject({ report: { cached: true } });
    expect(shelf.requests).toHaveLength(asked);
  });

  test("brings a folder of files", async () => {
    const provisioner = createProvisioner({ cacheDir, fetchers: [shelfFetcher(shelf.baseUrl)] });
    const { localPath } = await provisioner.ensurePresentStr("shelf:whole");
    for (const [path, content] of Object.entries(whole.files)) {
      expect(await readFile(join(localPath, path), "utf8")).toBe(content);
    }
  });

  test("registers nothing that was damaged on the way", async () => {
    shelf.models["tiny"] = { ...tiny, sent: { "tiny.gguf": weights.replace("5", "6") } };
    const provisioner = createProvisioner({ cacheDir, fetchers: [shelfFetcher(shelf.baseUrl)] });
    await expect(provisioner.ensurePresentStr("shelf:tiny")).rejects.toMatchObject({ code: "DIGEST_MISMATCH" });
    expect(await provisioner.catalog.get("shelf:tiny")).toBeUndefined();
  });

  test("refuses a name that is none before it asks anybody", async () => {
    const provisioner = createProvisioner({ cacheDir, fetchers: [shelfFetcher(shelf.baseUrl)] });
    await expect(provisioner.ensurePresentStr("shelf:../x")).rejects.toMatchObject({ code: "SHELF_NAME_INVALID" });
    await expect(provisioner.ensurePresentStr("shelf://x")).rejects.toMatchObject({ code: "SHELF_NAME_INVALID" });
    expect(shelf.requests).toEqual([]);
  });
});

describe("a fetch that was cut off", () => {
  const ref = parseModelRef("shelf:tiny");
  let temp: TempIngest;
  let keptBytes: number;

  beforeEach(async () => {
    temp = await tempIngest();
    shelf.models["tiny"] = { ...tiny, holdAtByte: 4000 };
    const fetcher = shelfFetcher(shelf.baseUrl);
    const controller = new AbortController();
    const context = fetchContext({ signal: controller.signal, onProgress: () => controller.abort("enough") });
    await fetcher.fetch(await fetcher.plan(ref, context), temp.ingest, context).catch(() => {});
    keptBytes = (await temp.ingest.target("tiny.gguf")).existingBytes;
    shelf.models["tiny"] = tiny;
    shelf.requests.length = 0;
  });
  afterEach(() => temp.dispose());

  test("goes on where it was", async () => {
    expect(keptBytes).toBeGreaterThan(0);
    expect(keptBytes).toBeLessThan(weights.length);
    expect(await fetchAgain()).toMatchObject({ movedBytes: weights.length - keptBytes, reusedBytes: keptBytes });
    expect(shelf.requests.map(({ range }) => range)).toEqual([undefined, `bytes=${keptBytes}-`]);
  });

  test("starts over where the server knows no ranges", async () => {
    shelf.models["tiny"] = { ...tiny, ranges: false };
    expect(await fetchAgain()).toMatchObject({ movedBytes: weights.length, reusedBytes: 0 });
  });

  test("starts over when what was kept has suffered", async () => {
    const { path } = await temp.ingest.target("tiny.gguf");
    await writeFile(path, "x".repeat(keptBytes));
    expect(await fetchAgain()).toMatchObject({ movedBytes: weights.length, reusedBytes: 0 });
  });

  test("does not go on with another version", async () => {
    const changed = { version: "2025-10-01", files: { "tiny.gguf": weights.replaceAll("0", "x") } };
    shelf.models["tiny"] = changed;
    expect(await fetchAgain(changed.files["tiny.gguf"])).toMatchObject({ reusedBytes: 0 });
  });

  test("asks for no byte when all of them are here", async () => {
    await fetchAgain();
    shelf.requests.length = 0;
    expect(await fetchAgain()).toMatchObject({ movedBytes: 0, reusedBytes: weights.length });
    expect(shelf.requests.map(({ path }) => path)).toEqual(["/models/tiny/manifest.json"]);
  });

  async function fetchAgain(content: string = weights): Promise<unknown> {
    const fetcher = shelfFetcher(shelf.baseUrl);
    const artifact = await fetcher.fetch(await fetcher.plan(ref, fetchContext()), temp.ingest, fetchContext());
    expect(await readFile((await temp.ingest.target("tiny.gguf")).path, "utf8")).toBe(content);
    return artifact;
  }
});

describe("a shelf that", () => {
  const ref = parseModelRef("shelf:tiny");

  test("cannot be reached is a network error", async () => {
    await shelf.close();
    await expect(shelfFetcher(shelf.baseUrl).plan(ref, fetchContext())).rejects.toMatchObject({
      code: "SHELF_UNREACHABLE",
      category: "network",
    });
  });

  test.each(["{", "null", "{}", '{"version":"1","files":[{}]}', '{"version":"1","files":[null]}'])(
    "answers %s for a manifest is not believed",
    async (manifest) => {
      const odd = await startShelfServer({ tiny: { version: "1", files: {}, manifest } });
      try {
        await expect(shelfFetcher(odd.baseUrl).plan(ref, fetchContext())).rejects.toMatchObject({
          code: "SHELF_ANSWER_INVALID",
        });
      } finally {
        await odd.close();
      }
    },
  );

  test.each(["longer", ""])("sends other sizes than it declared (%j) is not believed", async (sent) => {
    shelf.models["tiny"] = { ...tiny, sent: { "tiny.gguf": sent && weights + sent } };
    const fetcher = shelfFetcher(shelf.baseUrl);
    const plan = await fetcher.plan(ref, fetchContext());
    const { ingest, dispose } = await tempIngest();
    await expect(fetcher.fetch(plan, ingest, fetchContext())).rejects.toMatchObject({ code: "SHELF_ANSWER_INVALID" });
    await dispose();
  });
});
