import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { systemCode } from "@llama-orch/catalog-core";
import { usageError } from "../errors.ts";

/** The variable that names a PEM file of certificates to trust, as OpenSSL, Python and Go know it. */
export const certificatesVariable = "SSL_CERT_FILE";

/** The same for S3, as AWS's own tools know it. */
export const awsCertificatesVariable = "AWS_CA_BUNDLE";

/**
 * The certificates that the environment adds to those that Node trusts, as PEM text. `NODE_EXTRA_CA_CERTS` is not read
 * here: Node itself does that.
 * @param variable that names the file.
 * @throws ModelError `USAGE_INVALID`
 */
export async function extraCertificates(
  env: Readonly<Record<string, string | undefined>>,
  variable: string = certificatesVariable,
): Promise<string | undefined> {
  const path = env[variable] ?? "";
  if (path === "") return undefined;
  const read = await readCertificates(path);
  if ("certificates" in read) return read.certificates;
  throw usageError(
    `${variable} is ${path}, and ${read.problem}.`,
    "Set it to a PEM file of the certificates to trust beside those that Node does, or unset it.",
    variable,
  );
}

async function readCertificates(
  path: string,
): Promise<{ readonly certificates: string } | { readonly problem: string }> {
  let pem: string;
  try {
    pem = await readFile(path, "utf8");
  } catch (error) {
    return { problem: reasons[systemCode(error) ?? ""] ?? `it cannot be read (${systemCode(error)})` };
  }
  const certificates = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  if (certificates.length === 0) return { problem: "it holds no certificate in PEM form" };
  if (!certificates.every(isCertificate)) return { problem: "a certificate in it is damaged" };
  // Whatever else stands in the file, keys for example, is nobody's business.
  return { certificates: certificates.join("\n") };
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
