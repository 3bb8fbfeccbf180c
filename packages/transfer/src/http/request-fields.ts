import { registerSecret } from "@llama-orch/catalog-core";
import { basicCredentials, decodeUserinfo } from "../connections/credentials.ts";
import { transferError } from "../errors.ts";

/** Where a request ends, and whom it is for, is not the caller's to say: a proxy or server might see two requests in one. */
const reserved: ReadonlySet<string> = new Set([
  "host",
  "content-length",
  "transfer-encoding",
  "connection",
  "upgrade",
  "expect",
]);

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** A line end within a value would be the beginning of another header. */
const value = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * That headers can be sent as they are.
 * @param where of a message: whose headers they are
 * @throws ModelError `TRANSFER_OPTION_INVALID`
 */
export function assertFields(where: string, fields: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(fields)) {
    if (!token.test(name)) throw invalidFields(`a header of ${where} has a name that is none`, name);
    if (reserved.has(name.toLowerCase())) throw invalidFields(`${name} of ${where} may not be set`, name);
    // Never the value itself: it may be a secret with a line end after it.
    if (!value.test(content)) throw invalidFields(`${name} of ${where} has a value that no header can have`, name);
  }
}

/** How long a secret is searched for: a client's own as long as the process lives, a request's while it is in use. */
export type HiddenFor = "good" | "use";

/** Makes every error hide what these headers keep secret, also where a server sends it back. */
export function hideCredentials(fields: Readonly<Record<string, string>>, hiddenFor: HiddenFor): void {
  for (const [name, content] of Object.entries(fields)) {
    if (!/auth|cookie|key|secret|token|pass/i.test(name)) continue;
    hide(content, hiddenFor);
    // `Bearer` and the like are no secret, and may be missing where it turns up.
    const [, credentials] = /^[A-Za-z]+ +(\S+)$/.exec(content) ?? [];
    if (credentials !== undefined) hide(credentials, hiddenFor);
  }
}

/** The same for a password within a URL, as it stands there and as it is sent. */
export function hideUserinfo(url: URL, hiddenFor: HiddenFor): void {
  const credentials = basicCredentials(url);
  if (credentials === undefined) return;
  hideCredentials({ authorization: credentials }, hiddenFor);
  hide(decodeUserinfo(url.password), hiddenFor);
}

/** Of this process, so that they are registered once. */
const hidden = new Set<string>();

/** Those of requests: what was in use last stands at the end. With what forgets each. */
const inUse = new Map<string, () => void>();

/** Tokens of a minute each would add up over a long run, and every text is searched for all that is hidden. */
const mostInUse = 64;

function hide(secret: string, hiddenFor: HiddenFor): void {
  if (hidden.has(secret)) return;
  if (hiddenFor === "use") return hideWhileInUse(secret);
  hidden.add(secret);
  registerSecret(secret);
}

function hideWhileInUse(secret: string): void {
  const forget = inUse.get(secret) ?? registerSecret(secret);
  inUse.delete(secret);
  inUse.set(secret, forget);
  const [oldest] = inUse.keys();
  if (inUse.size <= mostInUse || oldest === undefined) return;
  inUse.get(oldest)?.();
  inUse.delete(oldest);
}

function invalidFields(problem: string, name: string): Error {
  return transferError("TRANSFER_OPTION_INVALID", {
    message: `Headers cannot be sent: ${problem}.`,
    hint: `Names are tokens, values are Latin-1 without line ends, and these are set by the client: ${[...reserved].join(", ")}.`,
    facts: { option: "headers", header: token.test(name) ? name : "" },
  });
}
