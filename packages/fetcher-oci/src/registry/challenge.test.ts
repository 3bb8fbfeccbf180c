import { expect, test } from "vitest";
import { parseChallenges } from "./challenge.ts";

const read = (field: string): readonly unknown[] =>
  parseChallenges(field).map(({ scheme, params }) => [scheme, Object.fromEntries(params)]);

test.each<[string, unknown]>([
  [
    'Bearer realm="https://auth.example/token",service="registry.example",scope="repository:a/b:pull,push"',
    [
      [
        "bearer",
        { realm: "https://auth.example/token", service: "registry.example", scope: "repository:a/b:pull,push" },
      ],
    ],
  ],
  ['Basic realm="Registry \\"A\\""', [["basic", { realm: 'Registry "A"' }]]],
  [
    'BASIC realm="x" , Bearer Realm = https://a/t , error="invalid_token"',
    [
      ["basic", { realm: "x" }],
      ["bearer", { realm: "https://a/t", error: "invalid_token" }],
    ],
  ],
  [
    "Negotiate, Basic",
    [
      ["negotiate", {}],
      ["basic", {}],
    ],
  ],
  [
    'Bearer realm="never ends',
    [
      ["bearer", {}],
      ["never", {}],
      ["ends", {}],
    ],
  ],
  ["", []],
  [",,=;", []],
])("%s", (field, expected) => {
  expect(read(field)).toEqual(expected);
});
