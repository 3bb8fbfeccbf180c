import * as fc from "fast-check";
import { expect, test } from "vitest";
import { isModelError } from "../errors/model-error.ts";
import { pseudonym } from "../redact/placeholder.ts";
import { redactText } from "../redact/redact.ts";
import { modelId } from "./model-id.ts";
import type { ModelRef } from "./model-ref.ts";
import { parseModelRef } from "./parse-model-ref.ts";

const context = { cwd: "/srv/dir", home: "/home/ada" };

/** Texts that are made of what the grammar gives a meaning to, so that the odd cases are common. */
const fragment = fc.constantFrom(
  ..."/ // \\ \\\\ : @ ? & = # ; % %25 %2F %5C %3A %20 %40 . .. - ~ + a B C: c: é e\u0301 \u{1f600} 1 server share org repo Q4 main".split(
    " ",
  ),
  " ",
  "localhost",
  "%6Cocalhost",
  "include=",
  "exclude=",
  "token=",
  "sig=",
  "X-Amz-Date=",
  "user:pw@",
);
const start = fc.constantFrom(
  "",
  "/",
  "file:",
  "file:/",
  "file://",
  "file:///",
  "file:///C:",
  "file:/C%3A",
  "C:\\",
  "\\\\server\\share",
  "hf:",
  "hf:org/repo",
  "hf:org/repo@",
  "hf:org/repo?include=",
  "https://",
  "https://h/",
  "https://h/?",
  "s3://",
  "s3://b/",
  "s3://b/k?",
  "tool:",
  "tool:a?",
  "oci:user:",
  "https://h/a;",
);
const text = fc.tuple(start, fc.array(fragment, { maxLength: 8 })).map(([head, tail]) => head + tail.join(""));

/** The reference, or undefined when the grammar refuses the text. */
function tryParse(reference: string): ModelRef | undefined {
  try {
    return parseModelRef(reference, context);
  } catch (error) {
    if (isModelError(error, "REF_INVALID")) return undefined;
    throw error;
  }
}

const ref = text.map(tryParse).filter((parsed) => parsed !== undefined);

test("reading an id gives the reference, wherever it is read", () => {
  fc.assert(
    fc.property(ref, (parsed) => {
      expect(parseModelRef(modelId(parsed), { cwd: "/other", home: "/other" })).toEqual(parsed);
    }),
    { numRuns: 3000 },
  );
});

test("printing what was read of an id changes nothing", () => {
  fc.assert(
    fc.property(ref, (parsed) => {
      expect(modelId(parseModelRef(modelId(parsed), context))).toBe(modelId(parsed));
    }),
    { numRuns: 3000 },
  );
});

test("an id is what redaction makes of it: events and messages show the id itself", () => {
  fc.assert(
    fc.property(ref, (parsed) => {
      expect(redactText(modelId(parsed))).toBe(modelId(parsed));
    }),
    { numRuns: 5000 },
  );
});

test("a path is never refused for looking like a secret", () => {
  const part = fc.constantFrom(
    ..."token= token: api-key= x Bearer basic %20 + / \\ @ : b.com --token -u ? & ; sig= ' \" [ { é hf_".split(" "),
    " ",
    "a1".repeat(16),
  );
  fc.assert(
    fc.property(
      fc.constantFrom("/", "C:\\", "\\\\server\\share\\"),
      fc.array(part, { maxLength: 8 }),
      (root, parts) => {
        const parsed = parseModelRef(root + parts.join(""));
        expect(redactText(modelId(parsed))).toBe(modelId(parsed));
        expect(parseModelRef(modelId(parsed))).toEqual(parsed);
      },
    ),
    { numRuns: 3000 },
  );
});

test.each([
  ["oci:user:pw@reg.io/m", `oci:${pseudonym("user:pw")}@reg.io/m`],
  ["tool:user@reg.io", `tool:${pseudonym("user")}@reg.io`],
  ["https://h/a;token=x/b", `https://h/a;token=${pseudonym("x/b")}`],
  ["https://h/a?url=https%3A%2F%2Fb%2Fc%3Fsig%3Dx", `https://h/a?url=${pseudonym("https%3A%2F%2Fb%2Fc%3Fsig%3Dx")}`],
  ["https://h/a?x=1%26token%3Dx&b=2", `https://h/a?x=${pseudonym("1%26token%3Dx")}&b=2`],
  ["https://h/a?subscription-key=x", `https://h/a?subscription-key=${pseudonym("x")}`],
  ["/models/token=x/a_b.gguf", "file:/models/token%3Dx/a%5Fb.gguf"],
  ["hf:org/repo/token=x", "hf:org/repo/token%3Dx"],
  ["hf:org/my-token:Q4", "hf:org/my-token:Q4"],
])("the id of %s is %s", (reference, id) => {
  expect(modelId(parseModelRef(reference))).toBe(id);
});

test.each([`hf:hf_${"a1".repeat(16)}/repo`, "hf:org/repo?include=token%3Dx", "https://a;token=x/b"])(
  "refused, as what names the model looks like a secret: %s",
  (reference) => {
    expect(tryParse(reference)).toBeUndefined();
  },
);

test("two references never share an id", () => {
  fc.assert(
    fc.property(fc.array(ref, { minLength: 2, maxLength: 40 }), (parsed) => {
      const ids = new Set(parsed.map(modelId));
      const things = new Set(parsed.map((each) => JSON.stringify(each)));
      expect(ids.size).toBe(things.size);
    }),
    { numRuns: 500 },
  );
});

test("drive, UNC and POSIX paths never share an id", () => {
  const segment = fc.constantFrom("C:", "c:", "a", "%", "%3A", "localhost", "server", "\\", "share", "a\\b");
  const path = fc
    .tuple(
      fc.constantFrom("/", "C:\\", "c:/", "\\\\localhost\\", "\\\\server\\", "//"),
      fc.array(segment, { minLength: 1, maxLength: 3 }),
    )
    .map(([root, segments]) => root + segments.join("/"));
  fc.assert(
    fc.property(
      path.map(tryParse).filter((parsed) => parsed !== undefined),
      path.map(tryParse).filter((parsed) => parsed !== undefined),
      (one, two) => {
        expect(modelId(one) === modelId(two)).toBe(JSON.stringify(one) === JSON.stringify(two));
        expect(parseModelRef(modelId(one))).toEqual(one);
      },
    ),
    { numRuns: 2000 },
  );
});
