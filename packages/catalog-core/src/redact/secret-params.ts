/**
 * Which names carry secrets. Names are compared percent-decoded, in lower case, letters and digits alone:
 * `api_key`, `API-KEY` and `apiKey` are one name.
 */

/** A name that ends so carries a secret wherever it stands: `hf_token`, `X-Api-Key`, `AWS_SECRET_ACCESS_KEY`. */
const secretEndings = [
  "token",
  "secret",
  "password",
  "passwd",
  "passphrase",
  "apikey",
  "accesskey",
  "accesskeyid",
  "accountkey",
  "authkey",
  "masterkey",
  "sharedkey",
  "subscriptionkey",
  "secretkey",
  "privatekey",
  "signingkey",
  "credential",
  "credentials",
  "authorization",
  "cookie",
  "signature",
  "jwt",
];

/** Names that carry a secret wherever they stand, and whose endings are too short to ask for. */
const secretNames = new Set(["auth", "xauth", "bearer", "sig", "secrets", "passwords", "cookies"]);

/** Names that carry a secret in a query. Elsewhere they are everyday words: `exit code: 1`, `key=value`, `pwd: /tmp`. */
const queryOnlyNames = new Set(["key", "code", "pass", "pwd", "session", "sessionid", "sid", "ticket", "hmac"]);

/** Whether the value of this name is a secret in any place: a header, a field, an assignment. */
export function isSecretName(name: string): boolean {
  const bare = decoded(name).replaceAll(/[^a-z0-9]/g, "");
  return secretNames.has(bare) || secretEndings.some((ending) => bare.endsWith(ending));
}

/** Whether what stands under this key of an object is a secret: there, `pass` and `pwd` are no everyday words. */
export function isSecretKey(key: string): boolean {
  return isSecretName(key) || /^(?:pass|pwd)$/i.test(key);
}

/** Whether the value of this query parameter may be a secret. */
export function isSecretParam(name: string): boolean {
  return (
    isSecretName(name) ||
    queryOnlyNames.has(decoded(name).replaceAll(/[^a-z0-9]/g, "")) ||
    hasSigningPrefix(decoded(name))
  );
}

/**
 * Which parameters of a query only prove that its bearer may read, and so do not belong to the name of what is read.
 * @param names of all parameters of the query: some families are recognised only as a set.
 */
export function signingParams(names: readonly string[]): (name: string) => boolean {
  const present = new Set(names.map(decoded));
  const family = new Set(
    signingSets
      .filter((set) => set.recognisedBy.every((name) => present.has(name)))
      .flatMap((set) => [...set.recognisedBy, ...set.others]),
  );
  return (name) => hasSigningPrefix(decoded(name)) || family.has(decoded(name));
}

/** AWS Signature V4 in a query, "Authenticating Requests: Using Query Parameters"; Google Cloud Storage V4 signed URLs. */
const signingPrefixes = ["x-amz-", "x-goog-"];

interface SigningSet {
  readonly recognisedBy: readonly string[];
  readonly others: readonly string[];
}

const signingSets: readonly SigningSet[] = [
  {
    // Azure Storage: "Create a service SAS", "Create an account SAS", "Create a user delegation SAS".
    recognisedBy: ["sig"],
    others: "sv ss srt sp se st spr sr sip si sdd ses skoid sktid skt ske sks skv saoid suoid scid".split(" "),
  },
  {
    // CloudFront: "Use signed URLs", canned and custom policies.
    recognisedBy: ["key-pair-id"],
    others: ["expires", "signature", "policy"],
  },
  // AWS Signature V2: "Signing and authenticating REST requests", query string alternative.
  { recognisedBy: ["awsaccesskeyid", "signature", "expires"], others: [] },
  // Google Cloud Storage: "V2 signing process".
  { recognisedBy: ["googleaccessid", "signature", "expires"], others: [] },
];

function hasSigningPrefix(name: string): boolean {
  return signingPrefixes.some((prefix) => name.startsWith(prefix));
}

/** A malformed escape is left as it is: the rest of the name still counts. */
function decoded(name: string): string {
  return name
    .replaceAll(/%[0-7][0-9a-f]/gi, (escape) => String.fromCharCode(Number.parseInt(escape.slice(1), 16)))
    .toLowerCase();
}
