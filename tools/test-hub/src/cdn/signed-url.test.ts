import { expect, test } from "vitest";
import { urlSigner } from "./signed-url.ts";

test("a URL holds until it expires", () => {
  let now = 1_700_000_000_000;
  const signer = urlSigner(() => now);
  const url = signer.sign("/repos/a/b/c?x=1", 60_000);
  expect(signer.check(url)).toBe("valid");
  now += 59_000;
  expect(signer.check(url)).toBe("valid");
  now += 1_000;
  expect(signer.check(url)).toBe("expired");
});

test("with any part of it altered, or of another hub, it is none", () => {
  const signer = urlSigner(Date.now);
  const url = signer.sign("/repos/a/b/c?x=1", 60_000);
  for (const altered of [
    url.replace("/a/", "/z/"),
    url.replace(/Expires=\d+/, "Expires=9999999999"),
    url.replace(/Signature=./, "Signature=!"),
    url.replace(/&Signature=[^&]*/, ""),
    "/repos/a/b/c",
  ]) {
    expect(signer.check(altered)).toBe("altered");
  }
  expect(urlSigner(Date.now).check(url)).toBe("altered");
});
