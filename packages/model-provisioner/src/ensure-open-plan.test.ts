import { hash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { DigestText, FetchedArtifact, FetchPlan, PlannedFile } from "@llama-orch/catalog-core";
import { memoryFetcher, type MemoryFetcher } from "@llama-orch/contract-tests";
import { expect, test } from "vitest";
import { ModelProvisioner } from "./provisioner.ts";
import { openSetting } from "./testing/setting.ts";

const files = { "config.json": "{}", "sub/weights": "abc" };

function sha256(text: string): DigestText {
  return `sha256:${hash("sha256", text)}`;
}

function withDigest({ files: planned }: FetchPlan, known: PlannedFile): readonly PlannedFile[] {
  return planned.map((file) => (file.path === known.path ? known : file));
}

/** Tells which files a model has only when it has brought them. */
function secretiveFetcher(
  open: Partial<FetchPlan>,
  closed: (plan: FetchPlan) => Partial<FetchedArtifact>,
): MemoryFetcher<"mem"> {
  const honest = memoryFetcher({ models: { repo: { files, revision: "r1" } } });
  const plans = new WeakMap<FetchPlan, FetchPlan>();
  return {
    ...honest,
    async plan(ref, context) {
      const plan = await honest.plan(ref, context);
      const shown: FetchPlan = { ...plan, files: [], isOpen: true, ...open };
      plans.set(shown, plan);
      return shown;
    },
    async fetch(shown, ingest, context) {
      const plan = plans.get(shown) ?? shown;
      return { ...(await honest.fetch(plan, ingest, context)), ...closed(plan) };
    },
  };
}

test("a source that tells its files only when it has brought them is brought whole", async () => {
  await using setting = await openSetting();
  const provisioner = new ModelProvisioner(
    setting.catalog,
    secretiveFetcher({}, (plan) => ({ plan })),
    setting.listening,
  );
  const { id, localPath } = await provisioner.ensurePresentStr("mem:repo");
  expect(await readFile(join(localPath, "sub", "weights"), "utf8")).toBe("abc");
  const entry = await setting.catalog.get(id);
  expect(entry?.files.map(({ path }) => path)).toEqual(Object.keys(files));
  expect(setting.events).toContainEqual(expect.objectContaining({ type: "plan-made", files: null, totalBytes: null }));
  expect((await provisioner.ensurePresentStr("mem:repo")).report.cached).toBe(true);
});

test("the same again after a refresh: nothing tells beforehand that it is the same", async () => {
  await using setting = await openSetting();
  const fetcher = secretiveFetcher({}, (plan) => ({ plan }));
  const provisioner = new ModelProvisioner(setting.catalog, fetcher, setting.listening);
  const first = await provisioner.ensurePresentStr("mem:repo");
  const again = await provisioner.ensurePresentStr("mem:repo", undefined, { refresh: true });
  expect(again.localPath).toBe(first.localPath);
  expect(fetcher.calls.fetch).toBe(2);
});

test("what an open plan names by its digest is not fetched if it is here", async () => {
  await using setting = await openSetting();
  const weights = { path: "sub/weights", sizeBytes: 3, digest: sha256("abc") };
  const fetcher = secretiveFetcher({ files: [weights] }, (plan) => ({
    plan: { ...plan, files: withDigest(plan, weights) },
  }));
  const provisioner = new ModelProvisioner(setting.catalog, fetcher, setting.listening);
  await provisioner.ensurePresentStr("mem:repo");
  await provisioner.ensurePresentStr("mem:repo", undefined, { refresh: true });
  expect(setting.events).toContainEqual(
    expect.objectContaining({ type: "fetch-finished", movedBytes: 2, reusedBytes: 0 }),
  );
});

test("what takes the place of an open plan is fetched where it has something else under the same name", async () => {
  await using setting = await openSetting();
  const other = { path: "sub/weights", sizeBytes: 3, digest: sha256("xyz") };
  const fetcher = secretiveFetcher({ files: [other] }, (plan) => ({ plan }));
  const before = memoryFetcher({ models: { xyz: { files: { weights: "xyz" } } } });
  await new ModelProvisioner(setting.catalog, before, setting.listening).ensurePresentStr("mem:xyz");
  const provisioner = new ModelProvisioner(setting.catalog, fetcher, setting.listening);
  // It honours what it is told is here, and then says that something else should have been.
  await expect(provisioner.ensurePresentStr("mem:repo")).rejects.toMatchObject({ code: "FETCHER_BROKE_CONTRACT" });
});

test.each([
  ["never says which files there are", secretiveFetcher({}, () => ({}))],
  ["says so of a plan that is still open", secretiveFetcher({}, (plan) => ({ plan: { ...plan, isOpen: true } }))],
  ["leaves a single file open", secretiveFetcher({ kind: "file" }, (plan) => ({ plan }))],
  ["leaves open what is used in place", secretiveFetcher({ location: "external" }, (plan) => ({ plan }))],
])("a fetcher that %s breaks its contract, and nothing is registered", async (_, fetcher) => {
  await using setting = await openSetting();
  const provisioner = new ModelProvisioner(setting.catalog, fetcher, setting.listening);
  await expect(provisioner.ensurePresentStr("mem:repo")).rejects.toMatchObject({ code: "FETCHER_BROKE_CONTRACT" });
  expect(setting.catalog.writes).toBe(0);
});
