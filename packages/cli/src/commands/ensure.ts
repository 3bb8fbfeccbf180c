import { randomUUID } from "node:crypto";
import { type DigestText, formatDigest, parseDigest } from "@llama-orch/catalog-core";
import { type EnsureOptions, isCorrelationId, ModelProvisioner } from "@llama-orch/model-provisioner";
import { type Command, type CommandInput, defineCommand } from "../command.ts";
import { usageError } from "../errors.ts";
import { openCatalog } from "../open-catalog.ts";
import { type FetcherChoices, openFetcher } from "../open-fetcher.ts";
import { ensureResult } from "../render/ensure-result.ts";
import type { FailureSubject } from "../render/print-failure.ts";
import { forEach, type Session } from "../session.ts";

const options = {
  digest: {
    type: "value",
    placeholder: "sha256:HEX",
    help: "what the bytes must be; sha512:HEX too, for a single file",
  },
  "on-mismatch": { type: "value", choices: ["error", "warn"], help: "other bytes are an error, or a warning [error]" },
  verify: {
    type: "value",
    choices: ["auto", "always"],
    help: "always: hash the files again, however unchanged they look",
  },
  stage: {
    type: "value",
    choices: ["in-place", "copy"],
    help: "use a file where it lies, or copy it into the cache [in-place]",
  },
  "hf-via": {
    type: "value",
    choices: ["auto", "native", "cli"],
    help: "of hf:: natively, or by the Hugging Face CLI [auto: what can]",
  },
  addresses: {
    type: "value",
    choices: ["any", "public"],
    help: "of all but hf:: ask any host, or none in a private network [any]",
  },
  platform: {
    type: "value",
    placeholder: "OS/ARCH",
    help: "of oci:, where an image is for several [linux, this processor]",
  },
  "no-sign-request": { type: "flag", help: "of s3:: ask as nobody, whatever credentials there are" },
  "request-payer": { type: "flag", help: "of s3:: requests may be charged to whoever asks" },
  durability: {
    type: "value",
    choices: ["full", "relaxed"],
    help: "relaxed: do not wait for the disk, hash again after a restart [full]",
  },
  refresh: { type: "flag", help: "ask the source for what the reference names now" },
  offline: { type: "flag", help: "use no network; what is here is served" },
  "dry-run": { type: "flag", help: "say what would be done, and do nothing" },
  "correlation-id": {
    type: "value",
    placeholder: "ID",
    help: "X-Correlation-Id of this call, in every event and result",
  },
} as const;

type Values = CommandInput<typeof options>["values"];

export const ensure: Command = defineCommand({
  name: "ensure",
  summary: "Make models present and verified, and print where they lie",
  operands: { name: "REF", min: 1, max: "many" },
  details: [
    "REF is a path (./model.gguf, ~/models/x), a file: URL, a file of a web server (https://host/x.gguf),",
    "what the Hugging Face Hub has: hf:org/repo/file.gguf, hf:org/repo for all of it,",
    "'hf:org/repo?include=*.json' for some of it; with @revision after the name of the repository;",
    "what a registry has: oci://host/org/model:tag, with #path for one of its files;",
    "or what a bucket has: s3://bucket/key, s3://bucket/folder/ for all below it.",
    "Prints one path a reference. All are tried, even if nobody reads the output any more; the exit code",
    "is that of the first failure.",
  ],
  options,
  run: ensureAll,
});

async function ensureAll({ values, operands }: CommandInput<typeof options>, session: Session): Promise<number> {
  const isOneOfMany = operands.length > 1;
  const digest = digestOf(values, isOneOfMany);
  const correlationId = correlationIdOf(values);
  const catalog = openCatalog(values, session);
  const provisioner = new ModelProvisioner(catalog, openFetcher(choicesOf(values)));
  const ensureOptions = optionsOf(values, correlationId, session);
  const subjectOf = (reference: string): FailureSubject => ({ reference, correlationId, isOneOfMany });
  if (values["dry-run"]) return forEach(operands, session, planOne, subjectOf);
  // The models are what it is run for, not their paths.
  session.out.makeOptional();
  return forEach(operands, session, ensureOne, subjectOf);

  async function ensureOne(reference: string): Promise<void> {
    const model = await provisioner.ensurePresentStr(reference, digest, ensureOptions);
    session.out.line(session.json ? JSON.stringify(ensureResult(model, correlationId)) : model.localPath);
  }

  async function planOne(reference: string): Promise<void> {
    const { conflictOf, renderPlan, planResult } = await import("../render/plan-result.ts");
    const plan = await provisioner.plan(reference, digest, ensureOptions);
    const conflict = values["on-mismatch"] === "warn" ? undefined : await conflictOf(plan, digest, catalog);
    session.out.line(session.json ? JSON.stringify(planResult(plan, conflict)) : renderPlan(plan, conflict));
  }
}

function choicesOf(values: Values): FetcherChoices {
  const { stage, addresses, platform, "hf-via": hfVia } = values;
  const { "no-sign-request": noSignRequest, "request-payer": requesterPays } = values;
  return { stage, hfVia, addresses, platform, noSignRequest, requesterPays };
}

function digestOf({ digest }: Values, isOneOfMany: boolean): DigestText | undefined {
  if (digest !== undefined && isOneOfMany) {
    throw usageError("--digest is of one model, and several are named.", "Ensure each model with its own digest.");
  }
  return digest === undefined ? undefined : formatDigest(parseDigest(digest));
}

function correlationIdOf({ "correlation-id": given = randomUUID() }: Values): string {
  if (isCorrelationId(given)) return given;
  const message = `${JSON.stringify(given)} is not a value for --correlation-id.`;
  throw usageError(message, "Write 1 to 128 printable ASCII characters without spaces.", "correlation-id");
}

function optionsOf(values: Values, correlationId: string, { signal, report }: Session): EnsureOptions {
  const onMismatch = values["on-mismatch"];
  // What a dry run prints is the plan itself; a person must not read that it is carried out.
  const hidesPlan = values["dry-run"] === true && values["log-format"] !== "json";
  return {
    signal,
    correlationId,
    onEvent: (event) => (hidesPlan && event.type === "plan-made" ? undefined : report.event(event)),
    ...(onMismatch !== undefined && { onMismatch }),
    ...(values.verify !== undefined && { verify: values.verify }),
    ...(values.durability !== undefined && { durability: values.durability }),
    refresh: values.refresh ?? false,
    offline: values.offline ?? false,
  };
}
