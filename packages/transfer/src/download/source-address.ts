import type { HttpAnswer } from "../http/exchange.ts";
import { type HttpClient, parseHttpUrl } from "../http/http-client.ts";
import type { HttpRequest } from "../http/request-head.ts";
import type { TransferSource } from "./transfer-options.ts";

interface Place {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The place that a source is at now. Where its URL redirects, to a signed URL mostly, further parts are asked for there, so
 * that the first server is not asked for each of them; when that place refuses, it is looked for again.
 */
export class SourceAddress {
  readonly #source: TransferSource;
  readonly #client: HttpClient;
  #given: Promise<Place> | undefined;
  /** Where the redirects have led. */
  #found: Place | undefined;
  #last: URL | undefined;

  constructor(source: TransferSource, client: HttpClient) {
    this.#source = source;
    this.#client = client;
  }

  /** Asks for the file, with what this request adds to the headers of its own. */
  async open(fields: Readonly<Record<string, string>>, signal: AbortSignal): Promise<HttpAnswer> {
    const { url, headers } = await this.place(signal);
    const request: HttpRequest = { method: "GET", url, headers: { ...headers, ...fields } };
    const answer = await this.#client.open(request, signal);
    this.#last = answer.url;
    if (answer.head.status < 400 && answer.request !== request) this.#found = placeOf(answer.request, fields);
    return answer;
  }

  async place(signal: AbortSignal): Promise<Place> {
    if (this.#found !== undefined) return this.#found;
    this.#given ??= this.#resolve(signal);
    try {
      return await this.#given;
    } catch (error) {
      this.#given = undefined;
      throw error;
    }
  }

  /** Whether one more connection to where it was found is within the budget. */
  hasRoom(): boolean {
    return this.#last !== undefined && this.#client.hasRoomFor(this.#last);
  }

  /**
   * Forgets where the file was, which may have expired.
   * @returns whether asking again may lead to another place
   */
  expire(): boolean {
    const mayDiffer = this.#found !== undefined || typeof this.#source.url === "function";
    this.#found = undefined;
    this.#given = undefined;
    return mayDiffer;
  }

  async #resolve(signal: AbortSignal): Promise<Place> {
    const { url, headers = {} } = this.#source;
    if (typeof url === "string") return { url: parseHttpUrl(url), headers };
    const resolved = await url({ signal });
    return { url: parseHttpUrl(resolved.url), headers: resolved.headers ?? {} };
  }
}

/** What is asked there the next time: without what belonged to that one request. */
function placeOf({ url, headers = {} }: HttpRequest, fields: Readonly<Record<string, string>>): Place {
  return { url, headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !Object.hasOwn(fields, name))) };
}
