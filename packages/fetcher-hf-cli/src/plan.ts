import { type FetchPlan, type HfRef, type ModelRef, schemeOf } from "@llama-orch/catalog-core";
import { endpointOf } from "./environment.ts";
import { hfCliError } from "./errors.ts";

/** What the CLI will be asked for. */
export function planDownload(ref: ModelRef, env: Readonly<Record<string, string | undefined>>): FetchPlan {
  const { org, repo, revision, selection } = assertServed(ref);
  const common = {
    ref,
    source: `${endpointOf(env)}/${org}/${repo}`,
    location: "managed",
    ...(isCommit(revision) && { revision }),
  } as const;
  return selection.type === "path"
    ? { ...common, kind: "file", files: [{ path: selection.path }] }
    : { ...common, kind: "directory", files: [], isOpen: true };
}

/** Whether a revision names a commit, which never changes. */
export function isCommit(revision: string | undefined): revision is string {
  return revision !== undefined && /^[0-9a-f]{40}$/.test(revision);
}

/** @throws ModelError `HF_CLI_FORM_UNSUPPORTED` */
export function assertServed(ref: ModelRef): HfRef {
  if (ref.kind !== "hf") {
    throw hfCliError("HF_CLI_FORM_UNSUPPORTED", {
      message: `The Hugging Face CLI serves hf: references, and this one is ${schemeOf(ref)}:.`,
      hint: "Compose a fetcher for that scheme as well.",
      facts: { form: schemeOf(ref) },
    });
  }
  if (ref.selection.type === "tag") {
    const { org, repo } = ref;
    throw hfCliError("HF_CLI_FORM_UNSUPPORTED", {
      message: `The Hugging Face CLI does not know which file of ${org}/${repo} the tag ${ref.selection.tag} means.`,
      hint: `Name the file (hf:${org}/${repo}/…gguf) or a pattern (hf:${org}/${repo}?include=*${ref.selection.tag}*), or use @llama-orch/fetcher-hf.`,
      facts: { form: "tag", repository: `${org}/${repo}`, tag: ref.selection.tag },
    });
  }
  return ref;
}
