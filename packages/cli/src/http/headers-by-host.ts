import { registerSecret } from "@llama-orch/catalog-core";
import { usageError } from "../errors.ts";

/** The variable with headers for servers that want to know who asks: secrets, which have no place among arguments. */
export const headersVariable = "MODEL_PROVISIONER_HTTP_HEADERS";

type HeadersByHost = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * The headers that the environment states, one a line: `models.example.com Authorization: Bearer …`. A host may have a
 * port, or stand for all below it (`*.example.com`). Every value counts as a secret from then on.
 * @throws ModelError `USAGE_INVALID`, which shows the number of the line, and never the line
 */
export function headersByHost(env: Readonly<Record<string, string | undefined>>): HeadersByHost {
  const hosts = new Map<string, Record<string, string>>();
  const lines = (env[headersVariable] ?? "").split(/\r?\n/);
  for (const [index, line] of lines.entries()) {
    if (line.trim() === "") continue;
    const [, host, name, value] = headerLine.exec(line) ?? [];
    if (host === undefined || name === undefined || value === undefined) throw unreadable(index + 1);
    hideEverywhere(value);
    hosts.set(host.toLowerCase(), { ...hosts.get(host.toLowerCase()), [name]: value });
  }
  return Object.fromEntries(hosts);
}

/** Of a header's value, whatever HTTP allows in it (RFC 9110 § 5.5). */
const headerLine =
  /^\s*((?:\*\.)?[\w.-]+(?::\d+)?|\[[0-9a-fA-F:.]+\](?::\d+)?)\s+([!#$%&'*+\-.^_`|~\w]+):\s*([\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)\s*$/;

/** As a whole, and what follows the scheme: a server may repeat the token alone. */
function hideEverywhere(value: string): void {
  registerSecret(value);
  const [, credential] = /^[\w-]+\s+(\S.*)$/.exec(value) ?? [];
  if (credential !== undefined) registerSecret(credential);
}

function unreadable(line: number): Error {
  return usageError(
    `Line ${line} of ${headersVariable} is no header for a host.`,
    "Write HOST HEADER: VALUE, one a line; the host with a port where it needs one, and without https://.",
    headersVariable,
  );
}
