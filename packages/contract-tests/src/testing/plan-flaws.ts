import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { memoryRef } from "../memory/memory-fetcher.ts";
import { broken, brokenArtifact, type BrokenFetcher, brokenPlan } from "./broken-fetcher.ts";

const rightDigests = "plan declares the digest of every file, and it is right";
const oneKind = "plan is of one kind: a file, or a directory with an entry point among its files";

const namesFiles = "plan names the files that there are, unless it leaves them open";
const closesPlans = "fetch of an open plan gives the plan that names the files";

/** What can be wrong with a plan. */
export const planFlaws: readonly BrokenFetcher[] = [
  broken("writes when it plans", ["plan writes nothing"], (sound, directory) => ({
    async plan(ref, context) {
      await writeFile(join(directory, "listing.json"), "[]");
      return sound.plan(ref, context);
    },
  })),
  brokenPlan("plans for another reference", ["plan is for the reference it was asked for"], () => ({
    ref: memoryRef("other"),
  })),
  brokenPlan("plans a path that climbs", ["plan has safe relative paths, none twice"], (plan) => ({
    files: plan.files.map((file) => ({ ...file, path: `../${file.path}` })),
  })),
  brokenPlan("plans an absolute path", ["plan has safe relative paths, none twice"], (plan) => ({
    files: plan.files.map((file) => ({ ...file, path: `/${file.path}` })),
  })),
  brokenPlan("plans with backslashes", ["plan has safe relative paths, none twice"], (plan) => ({
    files: plan.files.map((file) => ({ ...file, path: file.path.replaceAll("/", "\\") })),
  })),
  brokenPlan("plans a file twice", ["plan has safe relative paths, none twice"], (plan) => ({
    files: [...plan.files, ...plan.files],
  })),
  brokenPlan("forgets a file in a folder", [namesFiles], (plan) => ({
    files: plan.files.filter(({ path }) => !path.includes("/")),
  })),
  brokenPlan("leaves a single file open", [namesFiles], () => ({ isOpen: true })),
  brokenPlan("leaves open what a directory holds, also after the fetch", [closesPlans], (plan) =>
    plan.kind === "directory" ? { isOpen: true } : {},
  ),
  brokenPlan("gives sizes in KiB", ["plan gives right sizes, or none"], (plan) => ({
    files: plan.files.map((file) => ({ ...file, sizeBytes: Math.ceil((file.sizeBytes ?? 0) / 1_024) })),
  })),
  brokenPlan("calls a directory a file", [oneKind], () => ({ kind: "file" })),
  brokenPlan("gives a file an entry point", [oneKind], (plan) => ({ entryPoint: plan.files[0]?.path ?? "" })),
  brokenPlan("enters at a file that is not there", [oneKind], (plan) =>
    plan.kind === "directory" ? { entryPoint: "index.json" } : {},
  ),
  brokenPlan("names no source", ["plan names its source, without userinfo"], () => ({ source: "" })),
  brokenPlan("tells the password of its source", ["plan names its source, without userinfo"], () => ({
    source: "https://user:password@models.example/present",
  })),
  brokenPlan("declares a wrong digest", [rightDigests], (plan) => ({
    files: plan.files.map((file) => ({ ...file, digest: `sha256:${"0".repeat(64)}` as const })),
  })),
  brokenPlan("declares fewer digests than it says", [rightDigests], (plan) => ({
    files: plan.files.map(({ path }) => ({ path })),
  })),
  broken("declares digests, and is said to have none", ["plan declares no digest, as declared"], () => ({}), {
    supports: { declaredDigests: false },
  }),
  broken(
    "names revisions, and is said to have none",
    ["neither plan nor fetch names a revision, as declared"],
    () => ({}),
    {
      supports: { revisions: false },
    },
  ),
  brokenPlan("names an empty revision", ["plan or fetch names the revision"], () => ({ revision: "" })),
  brokenPlan("uses a model where it lies, undeclared", ["plan uses no model where it lies, as declared"], () => ({
    location: "external",
  })),
  broken("brings what it is said to use where it lies", ["plan uses the model where it lies"], () => ({}), {
    supports: { external: true },
  }),
  brokenArtifact(
    "names an external path for a managed plan",
    ["fetch names an absolute external path for an external plan, else none"],
    () => ({ externalPath: "/srv/models/present" }),
  ),
];
