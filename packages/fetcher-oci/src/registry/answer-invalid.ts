import { ociError } from "../errors.ts";

/** A registry, or whatever answers in its place, does not say what it should. */
export function invalidAnswer(url: string, problem: string, cause?: unknown): Error {
  return ociError("OCI_ANSWER_INVALID", {
    message: `${url} gives an answer that cannot be used: ${problem}.`,
    hint: "Check the name of the registry: something else may be answering in its place (a proxy, a web page).",
    facts: { url, problem },
    cause,
  });
}
