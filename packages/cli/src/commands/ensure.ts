import { randomUUID } from "node:crypto";
import { type EnsureOptions, ModelProvisioner } from "@llama-orch/model-provisioner";
import { type Command, type CommandInput, defineCommand } from "../command.ts";
import { usageError } from "../errors.ts";
import { openCatalog } from "../open-catalog.ts";
import { openFetcher } from "../open-fetcher.ts";
import { ensureResult } from "../render/ensure-result.ts";
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
  refresh: { type: "flag", help: "ask the source for what the reference names now" },
  offline: { type: "flag", help: "use no network; what is here is served" },
  "dry-run": { type: "flag", help: "say what would be done, and do nothing" },
  "correlation-id": {
    type: "value",
    placeholder: "ID",
    help: "X-Correlation-Id of this call, in every event and result",
  },
} as const;

export const ensure: Command = defineCommand({
  name: "ensure",
  summary: "Make models present and verified, and print where they lie",
  operands: { name: "REF", min: 1, max: "many" },
  details: [
    "REF is a path (./model.gguf, ~/models/x), a file: URL, or a reference of another scheme that doctor",
    "lists. Prints one path a reference. All are tried; the exit code is that of the first failure.",
  ],
  options,
  run: ensureAll,
});

async function ensureAll({ values, operands }: CommandInput<typeof options>, session: Session): Promise<number> {
  const { digest } = values;
  if (digest !== undefined && operands.length > 1) {
    throw usageError("--digest is of one model, and several are named.", "Ensure each model with its own digest.");
  }
  const provisioner = new ModelProvisioner(openCatalog(values, session), openFetcher());
  const correlationId = values["correlation-id"] ?? randomUUID();
  const ensureOptions = optionsOf(values, correlationId, session);
  return forEach(operands, session, async (reference) => {
    if (values["dry-run"]) {
      const { renderPlan, planResult } = await import("../render/plan-result.ts");
      const plan = await provisioner.plan(reference, digest, ensureOptions);
      return session.out.line(session.json ? JSON.stringify(planResult(plan)) : renderPlan(plan));
    }
    const model = await provisioner.ensurePresentStr(reference, digest, ensureOptions);
    if (!session.json) return session.out.line(model.localPath);
    session.out.line(JSON.stringify(ensureResult(model, correlationId)));
  });
}

function optionsOf(
  values: CommandInput<typeof options>["values"],
  correlationId: string,
  { signal, report }: Session,
): EnsureOptions {
  const onMismatch = values["on-mismatch"];
  return {
    signal,
    correlationId,
    onEvent: (event) => report.event(event),
    ...(onMismatch !== undefined && { onMismatch }),
    ...(values.verify !== undefined && { verify: values.verify }),
    refresh: values.refresh ?? false,
    offline: values.offline ?? false,
  };
}
