import type { Problem } from "./problem.ts";

/** As package.json says under `engines`. */
const oldest = [22, 13] as const;

export function isSupportedNode(version: string): boolean {
  const [major = 0, minor = 0] = version.replace(/^v/, "").split(".").map(Number);
  return major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
}

export function nodeProblems(version: string): Problem[] {
  if (isSupportedNode(version)) return [];
  return [{ text: `Node ${version} is too old.`, hint: `Install Node ${oldest.join(".")} or newer.` }];
}
