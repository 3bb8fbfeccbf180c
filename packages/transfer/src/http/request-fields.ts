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

/** Makes every error hide what these headers keep secret, also where a server sends it back. */
export function hideCredentials(fields: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(fields)) {
    if (!/auth|cookie|key|secret|token|pass/i.test(name)) continue;
    hide(content);
    // `Bearer` and the like are no secret, and may be missing where it turns up.
    const [, credentials] = /^[A-Za-z]+ +(\S+)$/.exec(content) ?? [];
    if (credentials !== undefined) hide(credentials);
  }
}

/** The same for a password within a URL, as it stands there and as it is sent. */
export function hideUserinfo(url: URL): void {
  const credentials = basicCredentials(url);
  if (credentials === undefined) return;
  hideCredentials({ authorization: credentials });
  hide(decodeUserinfo(url.password));
}

/** Of this process, so that they are registered once; what was in use last stands at the end. With what forgets each. */
const hidden = new Map<string, () => void>();

/** Tokens of a minute each would add up over a long run, and every text is searched for all that is hidden. */
const mostHidden = 64;

function hide(secret: string): void {
  const forget = hidden.get(secret) ?? registerSecret(secret);
  hidden.delete(secret);
  hidden.set(secret, forget);
  const [oldest] = hidden.keys();
  if (hidden.size <= mostHidden || oldest === undefined) return;
  hidden.get(oldest)?.();
  hidden.delete(oldest);
}

function invalidFields(problem: string, name: string): Error {
  return transferError("TRANSFER_OPTION_INVALID", {
    message: `Headers cannot be sent: ${problem}.`,
    hint: `Names are tokens, values are Latin-1 without line ends, and these are set by the client: ${[...reserved].join(", ")}.`,
    facts: { option: "headers", header: token.test(name) ? name : "" },
  });
}
