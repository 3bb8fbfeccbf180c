import { type Answer, textAnswer } from "./answer.ts";

export type HubErrorCode = "RepoNotFound" | "GatedRepo" | "RevisionNotFound" | "EntryNotFound";

export interface HubErrorFacts {
  readonly status: number;
  readonly message: string;
  readonly code?: HubErrorCode;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Thrown by the routes, for the one place that answers. */
export class HubError extends Error {
  override readonly name = "HubError";
  readonly #facts: HubErrorFacts;

  constructor(facts: HubErrorFacts) {
    super(facts.message);
    this.#facts = facts;
  }

  get answer(): Answer {
    const { status, message, code, headers } = this.#facts;
    return textAnswer(status, JSON.stringify({ error: message }), {
      "Content-Type": "application/json; charset=utf-8",
      ...(code !== undefined && { "X-Error-Code": code }),
      "X-Error-Message": message,
      ...headers,
    });
  }
}
