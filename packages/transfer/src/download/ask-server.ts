import type { HttpAnswer } from "../http/exchange.ts";
import { parseHttpUrl } from "../http/http-client.ts";
import { readBody } from "../http/read-body.ts";
import type { ResponseHead } from "../http/response-head.ts";
import type { HttpRequest } from "../http/request-head.ts";
import { withinTime } from "./attempt-signal.ts";
import { Patience } from "./patience.ts";
import { explained } from "./status-failure.ts";
import { parseTransferOptions, type TransferOptions, type TransferSettings } from "./transfer-options.ts";

/** What is asked of a server's own interface, and read whole. */
export interface Question {
  readonly url: string;
  /** @default "GET" */
  readonly method?: HttpRequest["method"];
  /** For the origin of `url` alone. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Of a POST. */
  readonly body?: string;
  /** @default 64 MiB */
  readonly limitBytes?: number;
  /** `same-origin`: a redirect to another origin is the answer, for its own headers tell what is wanted. @default "all" */
  readonly redirects?: "all" | "same-origin";
}

export interface Reply {
  readonly head: ResponseHead;
  readonly url: URL;
  readonly bytes: Buffer;
  /** The same as UTF-8. */
  readonly text: string;
}

const maxRedirects = 10;

/**
 * The answer to a question, which is a success: asked again as a transfer would be, when the line or the server fails.
 * @throws ModelError of `explainStatus` or `TransferErrorCode`; `signal.reason` untouched when aborted
 */
export async function askServer(question: Question, options: TransferOptions): Promise<Reply> {
  const settings = parseTransferOptions(options);
  const patience = new Patience(settings);
  return withinTime(settings, "A question", async (signal) => {
    for (;;) {
      try {
        return await reply(question, { ...settings, signal });
      } catch (error) {
        await patience.after(error, signal);
      }
    }
  });
}

async function reply(question: Question, settings: TransferSettings): Promise<Reply> {
  await using answer = await openReply(question, settings);
  if (answer.head.status >= 400) throw await explained(answer, settings);
  const bytes = question.method === "HEAD" ? Buffer.alloc(0) : await readBody(answer, question.limitBytes);
  return { head: answer.head, url: answer.url, bytes, text: bytes.toString("utf8") };
}

async function openReply(question: Question, { client, signal }: TransferSettings): Promise<HttpAnswer> {
  const { method = "GET", headers = {}, body, redirects = "all" } = question;
  const request = { method, headers, ...(body !== undefined && { body }) };
  let url = parseHttpUrl(question.url);
  if (redirects === "all") return client.open({ ...request, url }, signal);
  for (let followed = 0; ; followed += 1) {
    const answer = await client.openHere({ ...request, url }, signal);
    const next = nextOf(answer);
    if (next?.origin !== url.origin || followed === maxRedirects) return answer;
    await answer[Symbol.asyncDispose]();
    url = next;
  }
}

function nextOf({ head, url }: HttpAnswer): URL | undefined {
  const location = head.headers.get("location");
  if (head.status < 300 || head.status >= 400 || location === undefined) return undefined;
  return URL.parse(location, url.href) ?? undefined;
}
