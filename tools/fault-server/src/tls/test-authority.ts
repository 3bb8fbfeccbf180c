import { generate } from "selfsigned";

export interface TestCertificate {
  /** Of the authority that signed it, in PEM. */
  readonly ca: string;
  readonly key: string;
  readonly cert: string;
}

/**
 * A certificate for `localhost`, `127.0.0.1`, `::1` and these names, by the one authority of this process. Neither of
 * their keys is ever on a disk. It is made once per process.
 *
 * @param names no `*.test`: Node takes no wildcard right below a top-level domain.
 */
export async function testCertificate(names: readonly string[]): Promise<TestCertificate> {
  const key = names.join();
  const known = certificates.get(key) ?? makeCertificate(names);
  certificates.set(key, known);
  return known;
}

const certificates = new Map<string, Promise<TestCertificate>>();
let authority: ReturnType<typeof generate> | undefined;

async function makeCertificate(names: readonly string[]): Promise<TestCertificate> {
  const { private: caKey, cert: ca } = await (authority ??= makeAuthority());
  const { private: key, cert } = await generate([{ name: "commonName", value: "localhost" }], {
    ...common(),
    ca: { key: caKey, cert: ca },
    extensions: [
      { name: "basicConstraints", cA: false, critical: true },
      { name: "keyUsage", digitalSignature: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      {
        name: "subjectAltName",
        altNames: [
          ...["localhost", ...names].map((value) => ({ type: 2, value }) as const),
          { type: 7, ip: "127.0.0.1" },
          { type: 7, ip: "::1" },
        ],
      },
    ],
  });
  return { ca, key, cert };
}

async function makeAuthority(): ReturnType<typeof generate> {
  return generate([{ name: "commonName", value: "Authority of a test" }], {
    ...common(),
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
}

function common() {
  const hourMs = 60 * 60 * 1000;
  const [notBeforeDate, notAfterDate] = [new Date(Date.now() - hourMs), new Date(Date.now() + 24 * hourMs)];
  return { keyType: "ec", algorithm: "sha256", notBeforeDate, notAfterDate } as const;
}
