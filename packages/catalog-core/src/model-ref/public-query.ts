import { pseudonym } from "../redact/placeholder.ts";
import { isSecretParam, signingParams } from "../redact/secret-params.ts";
import { percentDecode } from "./percent.ts";

/**
 * The query (without its `?`) as it may be shown and kept: signing parameters are dropped, and a value that may be
 * secret becomes a pseudonym. Everything else stays as written, in its order.
 */
export function publicQuery(query: string): string {
  const parameters = query.split("&");
  const isSigning = signingParams(parameters.map(nameOf));
  return parameters
    .filter((parameter) => !isSigning(nameOf(parameter)))
    .map(withoutSecret)
    .join("&");
}

function nameOf(parameter: string): string {
  return parameter.split("=", 1)[0] ?? "";
}

/**
 * A semicolon may separate parameters, or stand in a value: in `token=a;b=c` either reading may be the right one.
 * From the first secret name on, the rest of the parameter is its value, which hides the secret in both.
 */
function withoutSecret(parameter: string): string {
  const pieces = parameter.split(";");
  const first = pieces.findIndex((piece) => piece.includes("=") && isSecretParam(nameOf(piece)));
  if (first < 0) return parameter;
  const before = pieces.slice(0, first).map((piece) => `${piece};`);
  const secret = pieces.slice(first).join(";");
  const name = nameOf(secret);
  return `${before.join("")}${name}=${hiddenValue(secret.slice(name.length + 1))}`;
}

/** One secret has one pseudonym, however it is encoded. An empty value hides nothing. */
function hiddenValue(value: string): string {
  return value === "" ? "" : pseudonym(percentDecode(value) ?? value);
}
