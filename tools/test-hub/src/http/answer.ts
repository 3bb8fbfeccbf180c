import { bytesContent, type Content } from "../content/content.ts";

/** What goes back for a request, before it is sent. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Left out when the method is HEAD; its length is told all the same. */
  readonly body: Body;
}

/** A part of a content. */
export interface Body {
  readonly content: Content;
  /** In bytes from the start of the content. */
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

export function textAnswer(status: number, text: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    status,
    headers: { "Content-Type": "text/plain; charset=utf-8", ...headers },
    body: whole(bytesContent(Buffer.from(text))),
  };
}

export function jsonAnswer(value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return textAnswer(200, JSON.stringify(value), { "Content-Type": "application/json; charset=utf-8", ...headers });
}

export const nothing: Body = { content: bytesContent(new Uint8Array()), start: 0, end: 0 };

export function whole(content: Content): Body {
  return { content, start: 0, end: content.sizeBytes };
}
