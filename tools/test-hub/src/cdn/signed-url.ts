import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** Makes URLs that hold for a while, and knows them again. Those of another hub are strange to it. */
export interface UrlSigner {
  /** @param pathAndQuery has a query. @param lifetimeMs may be negative: then it has expired from the start. */
  sign(pathAndQuery: string, lifetimeMs: number): string;
  check(pathAndQuery: string): "valid" | "expired" | "altered";
}

/** @param now the time in milliseconds since 1970. */
export function urlSigner(now: () => number): UrlSigner {
  const key = randomBytes(32);
  const signatureOf = (text: string): Buffer => createHmac("sha256", key).update(text).digest();

  return {
    sign(pathAndQuery, lifetimeMs) {
      const text = `${pathAndQuery}&Expires=${Math.floor((now() + lifetimeMs) / 1000)}`;
      return `${text}&Signature=${signatureOf(text).toString("base64url")}&Key-Pair-Id=TESTHUB`;
    },
    check(pathAndQuery) {
      const [, text = "", expires, signature = ""] = signedForm.exec(pathAndQuery) ?? [];
      const given = Buffer.from(signature, "base64url");
      const right = signatureOf(text);
      if (given.length !== right.length || !timingSafeEqual(given, right)) return "altered";
      return Number(expires) * 1000 <= now() ? "expired" : "valid";
    },
  };
}

const signedForm = /^(.*&Expires=(-?\d+))&Signature=([\w-]+)&Key-Pair-Id=TESTHUB$/;
