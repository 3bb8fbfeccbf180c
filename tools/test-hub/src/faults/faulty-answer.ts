import { type Answer, textAnswer } from "../http/answer.ts";
import { corruptContent } from "../content/content.ts";
import { effectOf, type MetFault } from "./fault-board.ts";

/** Where a fault says what is answered, that. */
export function answerOfFault(met: readonly MetFault[]): Answer | undefined {
  const fault = effectOf(met, "status");
  if (fault === undefined) return undefined;
  fault.note();
  const { status, message = "Injected by the test.", headers } = fault.effect;
  return textAnswer(status, JSON.stringify({ error: message }), {
    "Content-Type": "application/json; charset=utf-8",
    "X-Error-Message": message,
    ...headers,
  });
}

/** The answer, with the faults that alter what it says. */
export function alteredAnswer(met: readonly MetFault[], { status, headers, body }: Answer): Answer {
  const corrupt = effectOf(met, "corrupt");
  const length = effectOf(met, "content-length");
  const altered = effectOf(met, "headers");
  for (const fault of [corrupt, length, altered]) fault?.note();
  const wanted = {
    ...headers,
    ...(length !== undefined && { "Content-Length": String(length.effect.bytes), Connection: "close" }),
    ...altered?.effect.headers,
  };
  const isFile = status === 200 || status === 206;
  return {
    status,
    headers: Object.fromEntries(Object.entries(wanted).filter(hasText)),
    body: corrupt && isFile ? { ...body, content: corruptContent(body.content, corrupt.effect.atByte) } : body,
  };
}

function hasText(entry: [string, string | null]): entry is [string, string] {
  return entry[1] !== null;
}
