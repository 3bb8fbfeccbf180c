import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { systemCode } from "@llama-orch/catalog-core";
import { usageError } from "../errors.ts";

/** The variable that names a PEM file of certificates to trust, as OpenSSL, Python and Go know it. */
export const certificatesVariable = "SSL_CERT_FILE";

/**
 * The certificates that the environment adds to those that Node trusts, as PEM text. `NODE_EXTRA_CA_CERTS` is not read
 * here: Node itself does that.
 * @throws ModelError `USAGE_INVALID`
 */
export async function extraCertificates(
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  const path = env[certificatesVariable] ?? "";
  if (path === "") return undefined;
  const pem = await readPem(path);
  const certificates = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  if (certificates.length === 0) throw unusable(path, "it holds no certificate in PEM form");
  if (!certificates.every(isCertificate)) throw unusable(path, "a certificate in it is damaged");
  // Whatever else stands in the file, keys for example, is nobody's business.
  return certificates.join("\n");
}

async function readPem(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw unusable(path, reasons[systemCode(error) ?? ""] ?? `it cannot be read (${systemCode(error)})`);
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "it may not be read by this user",
  EISDIR: "it is a folder",
};

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== undefined;
  } catch {
    return false;
  }
}

function unusable(path: string, reason: string): Error {
  return usageError(
    `${certificatesVariable} is ${path}, and ${reason}.`,
    "Set it to a PEM file of the certificates to trust beside those that Node does, or unset it.",
    certificatesVariable,
  );
}
