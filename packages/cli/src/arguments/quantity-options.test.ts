import { isModelError } from "@llama-orch/catalog-core";
import { describe, expect, test } from "vitest";
import { parseHoursOption, parseSizeOption } from "./quantity-options.ts";

const sizeForms = "Write 50GB, 500MB or 1.5TB (decimal units), 2GiB (binary ones), or a whole number of bytes.";

describe("a size", () => {
  test.each([
    ["50GB", 50e9],
    ["500MB", 500e6],
    ["1.5TB", 1.5e12],
    ["2GiB", 2 * 1024 ** 3],
    ["0.5KiB", 512],
    ["1 kB", 1000],
    ["12gb", 12e9],
    ["7 B", 7],
    ["1000", 1000],
    ["0", 0],
    ["0GB", 0],
    ["0.0001kB", 0],
    ["9007199254740991", Number.MAX_SAFE_INTEGER],
  ])("%s is %d bytes", (text, bytes) => {
    expect(parseSizeOption("--max-size", text)).toBe(bytes);
  });

  test.each(
    [
      "",
      " ",
      "GB",
      "-5GB",
      "+5GB",
      "1,5TB",
      "1e9",
      "0x10",
      "5 GB ",
      "5  GB",
      "1.5",
      ".5GB",
      "5.GB",
      "NaN",
      "Infinity",
    ].concat(["50G", "50EB", "50XB", "5GBB", "5constructor", "５GB", "50GB!"]),
  )("refuses %j, and shows the forms", (text) => {
    expect(refusalOf(() => parseSizeOption("--max-size", text))).toBe(
      `${JSON.stringify(text)} is not a value for --max-size. ${sizeForms}`,
    );
  });

  test.each(["9007199254740992", "9008TB", "1".repeat(400), `${"9".repeat(300)}GiB`])(
    "refuses %s: nobody could count so far",
    (text) => {
      expect(refusalOf(() => parseSizeOption("--max-size", text))).toContain("is too large for --max-size");
    },
  );
});

describe("a number of hours", () => {
  test.each([
    ["24", 86_400_000],
    ["0", 0],
    ["0.5", 1_800_000],
  ])("%s is %d ms", (text, ms) => {
    expect(parseHoursOption("--grace-hours", text)).toBe(ms);
  });

  test.each(["", "-1", "1d", "24h", "1e3", "NaN", "Infinity", "1.", ".5", " 1"])("refuses %j", (text) => {
    expect(refusalOf(() => parseHoursOption("--grace-hours", text))).toBe(
      `${JSON.stringify(text)} is not a value for --grace-hours. Write a number of hours, 0 or more: 24, or 0.5.`,
    );
  });

  test("refuses more than can be counted", () => {
    expect(refusalOf(() => parseHoursOption("--grace-hours", "99999999999999"))).toContain("is too large");
  });
});

/** The message and the hint of the usage error. */
function refusalOf(parse: () => number): string {
  try {
    parse();
  } catch (error) {
    if (isModelError(error, "USAGE_INVALID")) return `${error.message} ${error.hint}`;
    throw error;
  }
  throw new Error("nothing was refused");
}
