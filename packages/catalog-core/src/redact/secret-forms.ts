import { inspect } from "node:util";

/** Fewer determined characters than this would match harmless text by chance. */
const shortestBase64 = 6;

/**
 * The source of a regular expression for every form in which a secret turns up in text: as it is, percent-encoded
 * (whichever characters its encoder chose), escaped in JSON or by `util.inspect`, in base64, alone or amid other text.
 */
export function secretForms(secret: string): string {
  const texts = new Set([...escapedForms(secret), ...base64Forms(secret)]);
  texts.delete(secret);
  const longestFirst = [...texts].sort((a, b) => b.length - a.length);
  return [...longestFirst.map(literal), percentEncoded(secret)].join("|");
}

/** JSON is often embedded in JSON: two levels. */
function escapedForms(secret: string): string[] {
  const once = JSON.stringify(secret).slice(1, -1);
  const twice = JSON.stringify(once).slice(1, -1);
  return [once, twice, inspect(secret, { breakLength: Infinity }).slice(1, -1)];
}

/**
 * Base64 of a text that contains the secret (`user:secret` in a Basic header) depends on where the secret begins,
 * modulo three bytes: for each case, the characters that the secret alone determines.
 */
function base64Forms(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const whole = [bytes.toString("base64"), bytes.toString("base64url")];
  const cores = [0, 1, 2].flatMap((offset) => {
    const shifted = Buffer.concat([Buffer.alloc(offset), bytes]);
    const [from, to] = [Math.ceil((offset * 8) / 6), Math.floor((shifted.length * 8) / 6)];
    return [shifted.toString("base64").slice(from, to), shifted.toString("base64url").slice(from, to)];
  });
  return [...whole, ...cores.filter((core) => core.length >= shortestBase64)];
}

/** Each character as it is or percent-encoded, since encoders differ in what they leave; a space also as `+`. */
function percentEncoded(secret: string): string {
  return Array.from(secret, (character) => {
    const escapes = [...Buffer.from(character)].map(percentByte).join("");
    const plus = character === " " ? "|\\+" : "";
    return `(?:${literal(character)}|${escapes}${plus})`;
  }).join("");
}

function percentByte(byte: number): string {
  const hex = byte.toString(16).padStart(2, "0");
  return `%${hex.replaceAll(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`)}`;
}

function literal(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
}
