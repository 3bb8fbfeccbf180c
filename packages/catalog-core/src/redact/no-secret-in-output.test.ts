import { inspect } from "node:util";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { parseEntry } from "../catalog/entry-schema.ts";
import { sampleEntry } from "../catalog/testing/sample-entry.ts";
import { thrownBy } from "../errors/testing/thrown-by.ts";
import type { EventBody } from "../events/provision-event.ts";
import { errorFactory, isModelError } from "../errors/model-error.ts";
import { modelId } from "../model-ref/model-id.ts";
import { parseModelRef } from "../model-ref/parse-model-ref.ts";
import { registerSecretsFromEnvironment } from "./environment-secrets.ts";
import { redactText } from "./redact.ts";
import { redactValue } from "./redact-value.ts";
import { registerSecret } from "./registered-secrets.ts";

/** Every printable ASCII character, and some beyond. The ends are such that the texts around cannot hold it by chance. */
const secret = fc
  .string({
    unit: fc.constantFrom(...Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)), "é", "\u{1f600}"),
    minLength: 6,
    maxLength: 30,
  })
  .map((middle) => `Q7${middle}z9`);

/** `MY_HF_TOKEN`, `registry_password_2`: a telling word amid others. */
const secretName = fc
  .tuple(
    fc.stringMatching(/^(?:[A-Z]{1,8}_){0,2}$/),
    fc.constantFrom(
      ..."TOKEN SECRET PASSWORD PASSWD PASSPHRASE API_KEY APIKEY ACCESS_KEY PRIVATE_KEY CREDENTIALS AUTH".split(" "),
    ),
    fc.stringMatching(/^(?:_[0-9]{1,3})?$/),
    fc.boolean(),
  )
  .map(([before, word, after, isLower]) => {
    const name = `${before}${word}${after}`;
    return isLower ? name.toLowerCase() : name;
  });

const params = [
  ..."subscription-key AccountKey SharedAccessKey token access_token key api_key apikey secret password passwd auth sig signature credential code".split(
    " ",
  ),
  ..."X-Amz-Signature X-Amz-Credential X-Goog-Signature AWSAccessKeyId session hf_token client_secret".split(" "),
];

/** URLs accept more in a password than the standard wants: spaces, quotes, brackets, at signs. */
function lenient(s: string): string {
  return s.replaceAll(/[/?#%\\]/g, encodeURIComponent);
}

/** Puts a secret into a text; percent-encoded where the place demands it. */
interface Hiding {
  readonly name: string;
  readonly text: (secret: string) => string;
  readonly setUp?: (secret: string) => () => void;
}

const encode = encodeURIComponent;

const hidings: readonly Hiding[] = [
  { name: "as a password", text: (s) => `https://ada:${encode(s)}@host/m.gguf` },
  {
    name: "as a password, as much as a URL accepts of it as it is",
    text: (s) => `https://ada:${lenient(s)}@host/m.gguf`,
  },
  { name: "as a password of a proxy", text: (s) => `http://ada:${lenient(s)}@proxy:3128` },
  { name: "in a path parameter", text: (s) => `https://host/a;token=${encode(s)}/m?b=1` },
  { name: "in a URL in a URL", text: (s) => `https://host/m?url=${encode(`https://b/c?sig=${encode(s)}&d=1`)}&b=2` },
  { name: "as userinfo of a scheme of its own", text: (s) => `oci:ada:${encode(s)}@reg.io/m` },
  { name: "as a user", text: (s) => `s3://${encode(s)}@bucket/m.gguf` },
  ...params.map((param) => ({
    name: `in the parameter ${param}`,
    text: (s: string) => `https://host/m?a=1&${param}=${encode(s)}&b=2`,
  })),
  { name: "in a later parameter", text: (s) => `s3://bucket/m?a=1;token=${encode(s)};b=2` },
  {
    name: "in the environment",
    text: (s) => `https://host/${encode(s)}/m`,
    setUp: (s) => registerSecretsFromEnvironment({ HF_TOKEN: s }),
  },
  { name: "registered", text: (s) => `tool:${encode(s)}/m`, setUp: registerSecret },
];

/** Places that are no references. */
const texts: readonly Hiding[] = [
  { name: "in a JSON field", text: (s) => JSON.stringify({ a: 1, password: s, b: [2] }) },
  { name: "in a JSON field in JSON", text: (s) => JSON.stringify({ body: JSON.stringify({ access_token: s }) }) },
  {
    name: "in an object that was inspected",
    text: (s) => inspect({ a: 1, apiKey: s, b: 2 }, { breakLength: Infinity }),
  },
  { name: "in a Bearer header", text: (s) => `Authorization: Bearer ${s}\r\nHost: h` },
  { name: "in a Basic credential", text: (s) => `sent Basic ${Buffer.from(`ada:${s}`).toString("base64")} to h` },
  { name: "after an option", text: (s) => `hf download --token ${encode(s)} org/repo` },
  { name: "after an option for a user", text: (s) => `curl -u ada:${encode(s)} https://host` },
  { name: "in a list of headers", text: (s) => JSON.stringify({ rawHeaders: ["Host", "h", "X-Api-Key", s] }) },
  { name: "behind an escaped ampersand", text: (s) => String.raw`{"url":"https://h/a?b=1\u0026sig=${encode(s)}"}` },
  { name: "in a cookie", text: (s) => `Cookie: a=b; c=${s}\nHost: h` },
  { name: "registered, amid anything", text: (s) => `it says ${s}!`, setUp: registerSecret },
];

/** The forms in which it would be of use to a thief. */
function formsOf(s: string): string[] {
  const escaped = JSON.stringify(s).slice(1, -1);
  return [s, encode(s), encodeURI(s), lenient(s), escaped, Buffer.from(`ada:${s}`).toString("base64")];
}

function outputsOf(text: string): string[] {
  const error = errorFactory({ TEST_FAILED: "other" })("TEST_FAILED", {
    message: `It failed: ${text}`,
    hint: `Look at ${text}`,
    facts: { text, list: [text], [text]: 1 },
    cause: new AggregateError([Object.assign(new Error(text), { text })], text, { cause: text }),
  });
  const value = redactValue({ text, map: new Map([[text, text]]), error: new Error(text) });
  return [
    redactText(text),
    redactText(redactText(text)),
    inspect(value, { depth: null, showHidden: true }),
    error.message,
    error.hint,
    JSON.stringify(error),
    JSON.stringify(error.facts),
    inspect(error, { depth: null, showHidden: true }),
    error.stack ?? "",
  ];
}

function outputsOfReference(text: string): string[] {
  const ref = parseModelRef(text);
  return [modelId(ref), JSON.stringify(ref), inspect(ref, { showHidden: true }), ...refusalOf(`${text}\n`)];
}

function refusalOf(text: string): string[] {
  try {
    parseModelRef(text);
  } catch (error) {
    if (isModelError(error, "REF_INVALID"))
      return [error.message, JSON.stringify(error), inspect(error, { depth: null })];
    throw error;
  }
  throw new Error("a line end was accepted");
}

/** Within the text, so that a failing example says which output shows which form. */
function expectNothingShown(outputs: readonly string[], s: string): void {
  const shown = outputs.filter((output) => formsOf(s).some((form) => output.includes(form)));
  expect(shown).toEqual([]);
}

test.each(hidings)("a secret $name is in no output", ({ text, setUp }) => {
  fc.assert(
    fc.property(secret, (s) => {
      const forget = setUp?.(s);
      try {
        expectNothingShown([...outputsOf(text(s)), ...outputsOfReference(text(s))], s);
      } finally {
        forget?.();
      }
    }),
    { numRuns: 25 },
  );
});

test.each(texts)("a secret $name is in no output", ({ text, setUp }) => {
  fc.assert(
    fc.property(secret, (s) => {
      const forget = setUp?.(s);
      try {
        expectNothingShown(outputsOf(text(s)), s);
      } finally {
        forget?.();
      }
    }),
    { numRuns: 60 },
  );
});

/** Events are redacted as a whole by whoever sends them. */
test.each([...hidings, ...texts])("a secret $name is in no event", ({ text, setUp }) => {
  fc.assert(
    fc.property(secret, (s) => {
      const forget = setUp?.(s);
      try {
        const shown = text(s);
        const bodies: EventBody[] = [
          { type: "ensure-started", reference: shown },
          { type: "plan-made", source: shown, revision: shown, files: 1, totalBytes: null },
          { type: "ensure-failed", code: "TEST_FAILED", message: shown, hint: shown },
        ];
        expectNothingShown(
          bodies.map((body) => JSON.stringify(redactValue(body))),
          s,
        );
      } finally {
        forget?.();
      }
    }),
    { numRuns: 15 },
  );
});

test.each([...hidings, ...texts])("a secret $name is in no entry: it is refused", ({ text, setUp }) => {
  fc.assert(
    fc.property(secret, fc.constantFrom("reference", "source", "revision", "etag"), (s, place) => {
      const forget = setUp?.(s);
      try {
        const entry = sampleEntry("file:/models/model.gguf");
        const change = place === "etag" ? { validators: { etag: text(s) } } : { [place]: text(s) };
        const json = JSON.stringify({ ...entry, provenance: { ...entry.provenance, ...change } });
        const refusal = thrownBy(() => parseEntry(json));
        expect(refusal).toMatchObject({ code: "ENTRY_INVALID" });
        expectNothingShown([JSON.stringify(refusal), inspect(refusal, { depth: null })], s);
      } finally {
        forget?.();
      }
    }),
    { numRuns: 15, examples: [["Q7.n'      z9", "reference"]] },
  );
});

test("the value of any variable with a secret name is in no output", () => {
  fc.assert(
    fc.property(secret, secretName, (s, name) => {
      const forget = registerSecretsFromEnvironment({ [name]: s });
      try {
        const text = `https://host/${encode(s)}/m says ${s}`;
        expectNothingShown([...outputsOf(text), ...outputsOfReference(text)], s);
      } finally {
        forget();
      }
    }),
  );
});

test("a secret under a secret key of a value is in no output", () => {
  fc.assert(
    fc.property(
      secret,
      fc.constantFrom("authorization", "Cookie", "hf_token", "api-key", "password", "clientSecret"),
      (s, key) => {
        const error = errorFactory({ TEST_FAILED: "other" })("TEST_FAILED", {
          message: "m",
          hint: "h",
          facts: { [key]: s, deep: { [key]: [s] } },
        });
        expectNothingShown([JSON.stringify(error), inspect(error, { depth: null })], s);
      },
    ),
  );
});

test("defect 22: a reference shows no secret, wherever it is printed", () => {
  const text = "https://ada:hunter22@host/m.gguf?X-Amz-Signature=hunter22&token=hunter22&a=1";
  expectNothingShown([...outputsOf(text), ...outputsOfReference(text)], "hunter22");
});
