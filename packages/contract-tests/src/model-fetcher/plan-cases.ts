import assert from "node:assert/strict";
import type { FetchPlan } from "@llama-orch/catalog-core";
import { fetchContext } from "../kit/fetch-context.ts";
import { holdsUserinfo, isPortablePath } from "../kit/path-text.ts";
import { deliver, type FetcherBench, type FetcherTests } from "./fetcher-bench.ts";
import type { ModelCase } from "./fetcher-setup.ts";
import type { DeclaredSupports } from "./fetcher-supports.ts";
import { contentOf, digestLike, modelsOf } from "./model-case.ts";

/** What a plan says, and that making one moves nothing. */
export function planCases(supports: DeclaredSupports): FetcherTests {
  return {
    ...commonCases,
    ...(supports.external ? externalCases : managedCases),
    ...(supports.declaredDigests ? declaredDigestCases : undeclaredDigestCases),
    ...(supports.revisions ? revisionCases : unversionedCases),
  };
}

const commonCases: FetcherTests = {
  "plan writes nothing": async (bench) => {
    const before = await bench.outsideIngests();
    await plansOf(bench);
    assert.deepStrictEqual(await bench.outsideIngests(), before);
  },

  "plan is for the reference it was asked for": async ({ fetcher, cases }) => {
    const { ref } = cases.present;
    assert.deepStrictEqual((await fetcher.plan(ref, fetchContext())).ref, ref);
  },

  "plan has safe relative paths, none twice": async (bench) => {
    for (const { plan } of await plansOf(bench)) {
      const paths = plan.files.map(({ path }) => path);
      for (const path of paths) assert.ok(isPortablePath(path), `${JSON.stringify(path)} is not safe`);
      assert.equal(new Set(paths).size, paths.length, `a path comes twice in ${paths.join()}`);
    }
  },

  "plan names the files that there are, unless it leaves them open": async (bench) => {
    for (const { plan, model } of await plansOf(bench)) {
      assert.ok(plan.isOpen !== true || isManagedDirectory(plan), "only a managed directory may be left open");
      if (plan.isOpen === true) continue;
      assert.deepStrictEqual(plan.files.map(({ path }) => path).toSorted(), Object.keys(model.files).toSorted());
    }
  },

  "plan gives right sizes, or none": async (bench) => {
    for (const { plan, model } of await plansOf(bench)) {
      for (const { path, sizeBytes } of plan.files) {
        if (sizeBytes !== undefined) assert.equal(sizeBytes, contentOf(model, path).byteLength, path);
      }
    }
  },

  "plan is of one kind: a file, or a directory with an entry point among its files": async (bench) => {
    for (const { plan } of await plansOf(bench)) {
      assert.ok(plan.kind === "directory" || plan.files.length === 1, "a plan of kind file has one file");
      assert.ok(plan.kind === "directory" || plan.entryPoint === undefined, "a plan of kind file has no entryPoint");
      const listed = plan.files.some(({ path }) => path === plan.entryPoint);
      assert.ok(plan.entryPoint === undefined || listed, `${plan.entryPoint} is not among the files`);
    }
  },

  "plan names its source, without userinfo": async (bench) => {
    for (const { plan } of await plansOf(bench)) {
      assert.match(plan.source, /\S/);
      assert.ok(!holdsUserinfo(plan.source), `${plan.source} holds a user name or password`);
    }
  },
};

/** `external: true` */
const externalCases: FetcherTests = {
  "plan uses the model where it lies": async ({ fetcher, cases }) => {
    assert.equal((await fetcher.plan(cases.present.ref, fetchContext())).location, "external");
  },
};

/** `external: false` */
const managedCases: FetcherTests = {
  "plan uses no model where it lies, as declared": async (bench) => {
    for (const { plan } of await plansOf(bench)) assert.equal(plan.location, "managed");
  },
};

/** `declaredDigests: true` */
const declaredDigestCases: FetcherTests = {
  "plan declares the digest of every file, and it is right": async (bench) => {
    for (const { plan, model } of await plansOf(bench)) {
      for (const { path, digest } of plan.files) {
        assert.ok(digest !== undefined, `${path} has no digest`);
        assert.equal(digest, digestLike(digest, contentOf(model, path)));
      }
    }
  },
};

/** `declaredDigests: false` */
const undeclaredDigestCases: FetcherTests = {
  "plan declares no digest, as declared": async (bench) => {
    for (const { plan } of await plansOf(bench)) {
      for (const file of plan.files) assert.equal(file.digest, undefined, file.path);
    }
  },
};

/** `revisions: true` */
const revisionCases: FetcherTests = {
  "plan or fetch names the revision": async (bench) => {
    const { plan, artifact } = await deliver(bench, bench.cases.present.ref);
    assert.match(artifact.revision ?? plan.revision ?? "", /\S/);
  },
};

/** `revisions: false` */
const unversionedCases: FetcherTests = {
  "neither plan nor fetch names a revision, as declared": async (bench) => {
    const { plan, artifact } = await deliver(bench, bench.cases.present.ref);
    assert.deepStrictEqual([plan.revision, artifact.revision], [undefined, undefined]);
  },
};

function isManagedDirectory({ kind, location }: FetchPlan): boolean {
  return kind === "directory" && location === "managed";
}

async function plansOf(bench: FetcherBench): Promise<readonly { plan: FetchPlan; model: ModelCase }[]> {
  return Promise.all(
    modelsOf(bench).map(async (model) => ({ plan: await bench.fetcher.plan(model.ref, fetchContext()), model })),
  );
}
