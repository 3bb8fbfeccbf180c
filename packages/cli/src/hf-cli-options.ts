import { isAbsolute } from "node:path";
import { usageError } from "./errors.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** The variable that names the Hugging Face CLI, where `PATH` has another one first or none. */
export const executableVariable = "MODEL_PROVISIONER_HF_CLI";

/**
 * How the Hugging Face CLI is found and started: in the environment of this command, by the path that is set or by `PATH`.
 * @throws ModelError `USAGE_INVALID`
 */
export function hfCliOptions(env: Environment): { readonly env: Environment; readonly executable?: string } {
  const executable = env[executableVariable] ?? "";
  if (executable === "") return { env };
  // A relative one would be another program in every working folder.
  if (isAbsolute(executable)) return { env, executable };
  throw usageError(
    `${executableVariable} is ${JSON.stringify(executable)}, and no absolute path.`,
    "Set it to the whole path of the hf executable, or unset it: then PATH is searched.",
    executableVariable,
  );
}
