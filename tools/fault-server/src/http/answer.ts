import { STATUS_CODES } from "node:http";
import { type Content, textContent } from "../content/content.ts";

export type Header = readonly [name: string, value: string];

/** What goes back for a request, before it is framed. */
export interface Answer {
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly Header[];
  /** Left out when the method is HEAD; its length is told all the same. */
  readonly body: Content;
}

export function answer(status: number, headers: Readonly<Record<string, string>>, body: Content): Answer {
  return { status, reason: STATUS_CODES[status] ?? "", headers: Object.entries(headers), body };
}

export function textAnswer(status: number, text: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return answer(status, { "Content-Type": "text/plain; charset=utf-8", ...headers }, textContent(text));
}

/** In place of those of the same name, or after the others; `null` leaves it out. */
export function withHeader(headers: readonly Header[], name: string, value: string | null): readonly Header[] {
  const index = headers.findIndex(([other]) => sameName(other, name));
  const others = headers.filter(([other]) => !sameName(other, name));
  return value === null ? others : others.toSpliced(index === -1 ? others.length : index, 0, [name, value]);
}

export function headerOf(headers: readonly Header[], name: string): string | undefined {
  return headers.find(([other]) => sameName(other, name))?.[1];
}

function sameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
