// Builds the packages, or those that turbo's own options name: `node tools/build.mjs --filter=@llama-orch/cli`.

import { quietly } from "./quietly.mjs";

// Where its telemetry server cannot be reached, turbo would wait a minute for it at its end.
const env = { ...process.env, TURBO_TELEMETRY_DISABLED: "1" };

process.exit(
  quietly(["turbo", "run", "build", "--output-logs=errors-only", ...process.argv.slice(2)].join(" "), { env }),
);
