import assert from "node:assert/strict";
import { readFile, stat, writeFile } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { type FetchedArtifact, type FetchPlan, type Ingest, isModelError, parseDigest } from "@llama-orch/catalog-core";
import { fetchContext } from "../kit/fetch-context.ts";
import { deliver, type Delivery, type FetcherBench, type FetcherTests, needed } from "./fetcher-bench.ts";
import type { ModelCase } from "./fetcher-setup.ts";
import type { DeclaredSupports } from "./fetcher-supports.ts";
import { contentOf, digestLike, modelsOf } from "./model-case.ts";

/** What is there after a fetch. */
export function fetchCases(supports: DeclaredSupports): FetcherTests {
  return {
    ...commonCases,
    ...(supports.inFlightDigests ? inFlightCases : unhashedCases),
    ...(supports.changes ? changeCases : {}),
  };
}

const commonCases: FetcherTests = {
  "fetch brings exactly the bytes": async (bench) => {
    for (const { model, ingest } of await destinationsOf(bench)) {
      await assertBytes(await deliver(bench, model.ref, { ingest }), model);
    }
  },

  "fetch of an open plan gives the plan that names the files": async (bench) => {
    for (const { model, ingest } of await destinationsOf(bench)) {
      const { plan } = await deliver(bench, model.ref, { ingest });
      assert.notEqual(plan.isOpen, true, "the plan is still open after the fetch");
      assert.deepStrictEqual(plan.files.map(({ path }) => path).toSorted(), Object.keys(model.files).toSorted());
    }
  },

  "fetch reports every planned file once, with its size": async (bench) => {
    for (const { model, ingest } of await destinationsOf(bench)) {
      const { plan, artifact } = await deliver(bench, model.ref, { ingest });
      const planned = plan.files.map(({ path }) => path).toSorted();
      assert.deepStrictEqual(artifact.files.map(({ path }) => path).toSorted(), planned);
      for (const { path, sizeBytes } of artifact.files) assert.equal(sizeBytes, contentOf(model, path).byteLength);
    }
  },

  "fetch brings what is not present yet, and what it brings besides is right": async (bench) => {
    for (const { model, ingest } of await destinationsOf(bench)) {
      const [here = ""] = Object.keys(model.files);
      const { plan, artifact, progress } = await deliver(bench, model.ref, {
        ingest: { ...ingest, present: new Set([here]) },
      });
      const paths = artifact.files.map(({ path }) => path);
      assert.deepStrictEqual(paths, [...new Set(paths)], "a file is reported twice");
      const missing = plan.files.map(({ path }) => path).filter((path) => path !== here && !paths.includes(path));
      assert.deepStrictEqual(missing, [], "these were neither present nor brought");
      const brought = Object.fromEntries(paths.map((path) => [path, contentOf(model, path)]));
      await assertBytes({ plan, artifact, ingest, progress }, { ...model, files: brought });
    }
  },

  "fetch names an absolute external path for an external plan, else none": async (bench) => {
    const { plan, artifact } = await deliver(bench, bench.cases.present.ref);
    if (plan.location === "managed") assert.equal(artifact.externalPath, undefined);
    else assert.ok(isAbsolute(artifact.externalPath ?? ""), `externalPath is ${artifact.externalPath}`);
  },

  "fetch writes nothing outside the ingest": async (bench) => {
    const destinations = await destinationsOf(bench);
    const before = await bench.outsideIngests();
    for (const { model, ingest } of destinations) await deliver(bench, model.ref, { ingest });
    assert.deepStrictEqual(await bench.outsideIngests(), before);
  },

  "fetch accounts for the bytes that moved and those that were there": async (bench) => {
    const { plan, artifact } = await deliver(bench, bench.cases.present.ref);
    const { movedBytes, reusedBytes } = artifact;
    for (const bytes of [movedBytes, reusedBytes]) assert.ok(Number.isSafeInteger(bytes) && bytes >= 0, `${bytes}`);
    const totalBytes = artifact.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    if (plan.location === "external") assert.equal(movedBytes, 0);
    else assert.ok(movedBytes + reusedBytes >= totalBytes, `${movedBytes} + ${reusedBytes} of ${totalBytes}`);
  },

  "a second fetch into the same ingest gives the same bytes": async (bench) => {
    const { present } = bench.cases;
    const ingest = await bench.openIngest();
    await deliver(bench, present.ref, { ingest });
    await assertBytes(await deliver(bench, present.ref, { ingest }), present);
  },

  "fetch does not trust leftovers that no journal vouches for": async (bench) => {
    const { present } = bench.cases;
    for (const part of [0.5, 1, 2]) {
      const ingest = await bench.openIngest(`leftover-${part}`);
      for (const path of Object.keys(present.files)) {
        const { byteLength } = contentOf(present, path);
        await writeFile((await ingest.target(path)).path, Buffer.alloc(Math.ceil(byteLength * part), "?"));
      }
      await assertBytes(await deliver(bench, present.ref, { ingest }), present);
    }
  },

  "concurrent fetches into two ingests do not meet": async (bench) => {
    const { present } = bench.cases;
    const ingests = await Promise.all(["left", "right"].map(bench.openIngest));
    const deliveries = await Promise.all(ingests.map((ingest) => deliver(bench, present.ref, { ingest })));
    for (const delivery of deliveries) await assertBytes(delivery, present);
  },
};

/** `inFlightDigests: true` */
const inFlightCases: FetcherTests = {
  "fetch reports the sha256 of every file, and it is right": async (bench) => {
    const delivery = await deliver(bench, bench.cases.present.ref);
    assertDigests(delivery, bench.cases.present, ["sha256"]);
  },

  "fetch hashes with the algorithm of the expected digest as well": async (bench) => {
    const expectedDigest = parseDigest(`sha512:${"0".repeat(128)}`);
    const delivery = await deliver(bench, bench.cases.present.ref, { expectedDigest });
    assertDigests(delivery, bench.cases.present, ["sha256", "sha512"]);
  },
};

/** `inFlightDigests: false` */
const unhashedCases: FetcherTests = {
  "fetch reports no digest, as declared": async (bench) => {
    const { artifact } = await deliver(bench, bench.cases.present.ref);
    for (const { path, digests = [] } of artifact.files) assert.deepStrictEqual(digests, [], path);
  },
};

/** `changes: true` */
const changeCases: FetcherTests = {
  "a model that changed since it was planned is brought as planned, by a plan of what it is now, or not at all": async (
    bench,
  ) => {
    const changing = needed(bench.cases.change, "change", "changes");
    const plan = await bench.fetcher.plan(changing.ref, fetchContext());
    await changing.change();
    const ingest = await bench.openIngest();
    const outcome = await bench.fetcher.fetch(plan, ingest, fetchContext()).catch((error: unknown) => ({ error }));
    if ("error" in outcome) assert.ok(isModelError(outcome.error), `not a ModelError: ${String(outcome.error)}`);
    else if (outcome.plan !== undefined && outcome.plan !== plan)
      await assertOther(outcome.plan, outcome, { plan, ingest });
    else await assertBytes({ plan, artifact: outcome, ingest, progress: [] }, changing);
  },
};

interface Planned {
  readonly plan: FetchPlan;
  readonly ingest: Ingest;
}

/** What came is another version, says so, and is as its own plan has it. */
async function assertOther(now: FetchPlan, artifact: FetchedArtifact, { plan, ingest }: Planned): Promise<void> {
  const named = ({ revision, validators, files }: FetchPlan): string => JSON.stringify([revision, validators, files]);
  assert.notEqual(named(now), named(plan), "the plan of what came is no other than the one that was made");
  assert.deepStrictEqual(
    artifact.files.map(({ path }) => path).toSorted(),
    now.files.map(({ path }) => path).toSorted(),
  );
  for (const { path, sizeBytes } of now.files) {
    const { size } = await stat((await ingest.target(path)).path);
    if (sizeBytes !== undefined) assert.equal(size, sizeBytes, `${path} is not as large as the plan of what came says`);
  }
}

/** The models to bring, each with an ingest of its own. */
async function destinationsOf(bench: FetcherBench): Promise<readonly { model: ModelCase; ingest: Ingest }[]> {
  return Promise.all(
    modelsOf(bench).map(async (model, index) => ({ model, ingest: await bench.openIngest(String(index)) })),
  );
}

async function assertBytes(delivery: Delivery, model: ModelCase): Promise<void> {
  for (const path of Object.keys(model.files)) {
    const arrived = await readFile(await arrivedAt(delivery, path));
    const expected = contentOf(model, path);
    // Not deepStrictEqual: its message would print both files.
    assert.ok(
      arrived.equals(expected),
      `${path}: ${arrived.byteLength} bytes that are not the ${expected.byteLength} of the model`,
    );
  }
}

async function arrivedAt({ plan, artifact, ingest }: Delivery, path: string): Promise<string> {
  if (plan.location === "managed") return (await ingest.target(path)).path;
  const { externalPath } = artifact;
  assert.ok(externalPath !== undefined, "an external plan was fetched without an externalPath");
  return plan.kind === "file" ? externalPath : join(externalPath, path);
}

function assertDigests({ artifact }: Delivery, model: ModelCase, algorithms: readonly string[]): void {
  for (const { path, digests = [] } of artifact.files) {
    const named = digests.map((digest) => digest.split(":", 1).join());
    for (const algorithm of algorithms) assert.ok(named.includes(algorithm), `${path} has no ${algorithm}`);
    for (const digest of digests) assert.equal(digest, digestLike(digest, contentOf(model, path)));
  }
}
