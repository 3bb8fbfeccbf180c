import { hash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { sealDocument, unsealDocument } from "./sealed-document.ts";

const body = { nonce: "0123", entry: { id: "模型 \ud83e", count: 1.5, none: null } };
const document = Buffer.from(sealDocument(body));
/** Of the 1 in `{"schema":1`. */
const schemaOffset = 10;

test("a body is sealed and unsealed", () => {
  expect(unsealDocument(document)).toMatchObject({ status: "intact", body });
});

test("a document is one line of JSON, and its seal can be checked by hand", () => {
  const text = sealDocument(body);
  expect(JSON.parse(text)).toEqual({
    schema: 1,
    seal: hash("sha256", text.slice(`{"schema":1,"seal":"${"x".repeat(64)}",`.length)),
    ...body,
  });
  expect(text.indexOf("\n")).toBe(text.length - 1);
});

test("a document that was cut off anywhere is damaged", () => {
  for (let length = 0; length < document.length; length += 1) {
    expect(unsealDocument(document.subarray(0, length)), `${length} bytes`).toMatchObject({ status: "damaged" });
  }
});

test("a document with anything after it is damaged", () => {
  expect(unsealDocument(Buffer.concat([document, Buffer.from("\n")]))).toMatchObject({ status: "damaged" });
});

test("a document with one bit flipped anywhere is damaged; in its schema, it may be taken for a newer one", () => {
  for (let bit = 0; bit < document.length * 8; bit += 1) {
    const flipped = Buffer.from(document);
    const offset = Math.floor(bit / 8);
    flipped[offset] = (flipped[offset] ?? 0) ^ (1 << (bit % 8));
    const isDigit = offset === schemaOffset && /[2-9]/.test(flipped.toString("latin1", offset, offset + 1));
    expect(unsealDocument(flipped), `bit ${bit}`).toMatchObject({ status: isDigit ? "newer" : "damaged" });
  }
});

describe("a newer schema", () => {
  test.each([
    ['{"schema":2}', 2],
    ['{"schema":2,"seal":"of another kind"', 2],
    ['{ "schema": 10, "anything": true }\n', 10],
    [sealDocument(body).replace('"schema":1', '"schema":999'), 999],
  ])("%s", (text, schema) => {
    expect(unsealDocument(Buffer.from(text))).toEqual({ status: "newer", schema });
  });

  test.each([
    "{}",
    "null",
    "[]",
    '{"schema":0}',
    '{"schema":1}',
    '{"schema":-2}',
    '{"schema":"2"}',
    '{"seal":"","schema":2}',
  ])("is not declared by %s", (text) => {
    expect(unsealDocument(Buffer.from(text))).toMatchObject({ status: "damaged" });
  });
});
