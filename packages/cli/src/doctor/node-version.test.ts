import { expect, test } from "vitest";
import { isSupportedNode, nodeProblems } from "./node-version.ts";

test.for([
  ["v20.19.0", false],
  ["v22.12.0", false],
  ["v22.13.0", true],
  ["v24.0.0", true],
  ["v100.0.0", true],
] as const)("%s supported: %s", ([version, supported]) => {
  expect(isSupportedNode(version)).toBe(supported);
  expect(nodeProblems(version)).toHaveLength(supported ? 0 : 1);
});
