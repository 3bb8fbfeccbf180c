import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { thirdPartiesOf } from "./third-party.ts";

// Writes THIRD_PARTY_LICENSES of the command anew: `node --run notices`, after a dependency came or went.

const packages = join(import.meta.dirname, "../../packages");
const byLicence = new Map<string, string[]>();
for (const { name, home, licence } of thirdPartiesOf("cli", packages)) {
  byLicence.set(licence, [...(byLicence.get(licence) ?? []), `${name} (${home})`]);
}
const sections = [...byLicence].map(
  ([licence, names]) => `--- ${names.toSorted().join(",\n    ")} ---\n\n${licence}\n`,
);
const head = "The files in dist/ contain the following software besides that of this repository.\n";
writeFileSync(join(packages, "cli/THIRD_PARTY_LICENSES"), [head, ...sections].join("\n"));
