import { expect, test } from "vitest";
import { mirrorsVariable, plainHttpVariable, registryOptions } from "./registry-options.ts";

test("registries and mirrors are words, and the order of mirrors is kept", () => {
  expect(
    registryOptions({
      [plainHttpVariable]: "registry.lan:5000, other.lan",
      [mirrorsVariable]: "docker.io=one.example,docker.io=two.example:5000/hub\n ghcr.io=one.example",
    }),
  ).toEqual({
    plainHttp: ["registry.lan:5000", "other.lan"],
    mirrors: { "docker.io": ["one.example", "two.example:5000/hub"], "ghcr.io": ["one.example"] },
  });
  expect(registryOptions({})).toEqual({ plainHttp: [], mirrors: {} });
});

test.each([
  [plainHttpVariable, "http://registry.lan"],
  [plainHttpVariable, "registry.lan/path"],
  [mirrorsVariable, "docker.io"],
  [mirrorsVariable, "docker.io=https://one.example"],
  [mirrorsVariable, "docker.io=user:pw@one.example"],
])("%s=%s makes no sense", (variable, text) => {
  expect(() => registryOptions({ [variable]: text })).toThrow(
    expect.objectContaining({ code: "USAGE_INVALID", facts: expect.objectContaining({ argument: variable }) }),
  );
});
