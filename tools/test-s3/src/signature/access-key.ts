import { randomBytes } from "node:crypto";

/** A key that the server knows. */
export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** With it, the key is a temporary one: requests must bring it. */
  readonly sessionToken?: string;
  /** Whether the session is over. @default false */
  readonly expired?: boolean;
}

/** By chance, so that no key stands in a file. */
export function randomKey(): AccessKey {
  return {
    accessKeyId: `TEST${randomBytes(8).toString("hex").toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString("base64"),
  };
}
