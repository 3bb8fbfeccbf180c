import { join } from "node:path";
import { run } from "../run-command.ts";

/** A self-signed certificate for the loopback interface, which is its own authority: `certificate.pem` and `key.pem`. */
export function writeCertificate(folder: string): string {
  const certificate = join(folder, "certificate.pem");
  const kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
  const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"];
  run("openssl", ["req", ...kind, ...names, "-keyout", join(folder, "key.pem"), "-out", certificate]);
  return certificate;
}
