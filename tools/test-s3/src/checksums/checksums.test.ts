import { hash } from "node:crypto";
import { expect, test } from "vitest";
import { bytesContent } from "../../../fault-server/src/content/content.ts";
import { checksumOf, compositeChecksumOf, partsOf } from "./checksum.ts";
import { crc32, crc32c, crc64nvme } from "./crc.ts";

test.each([
  ["CRC-32", crc32, "cbf43926"],
  ["CRC-32C", crc32c, "e3069283"],
  ["CRC-64/NVME", crc64nvme, "ae8b14860a799888"],
])("%s of the digits is what its definition says, in one piece and in two", (_, crcOf, check) => {
  const [whole, halves] = [crcOf(), crcOf()];
  whole.update(Buffer.from("123456789"));
  halves.update(Buffer.from("1234"));
  halves.update(Buffer.from("56789"));
  expect(whole.digest().toString("hex")).toBe(check);
  expect(halves.digest().toString("hex")).toBe(check);
});

test("a composite checksum is that of the parts' checksums, with their number", () => {
  const parts = partsOf(bytesContent(Buffer.from("0123456789")), 4);
  expect(parts.map(({ sizeBytes }) => sizeBytes)).toEqual([4, 4, 2]);
  const digests = ["0123", "4567", "89"].map((text) => hash("sha256", text, "buffer"));
  const whole = hash("sha256", Buffer.concat(digests), "base64");
  expect(compositeChecksumOf("sha256", parts)).toBe(`${whole}-3`);
  expect(checksumOf("sha256", bytesContent(Buffer.from("x")))).toBe(hash("sha256", "x", "base64"));
});
