import type { HttpAnswer } from "../http/exchange.ts";
import { type HttpClient, parseHttpUrl } from "../http/http-client.ts";
import type { ResponseHead } from "../http/response-head.ts";
import type { HttpRequest } from "../http/request-head.ts";
import type { TransferSource } from "./transfer-options.ts";

interface Place {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** As the source gives it, or where its redirects have led. */
  readonly how: "given" | "found";
  /** How often a place was forgotten before this one. */
  readonly generation: number;
}

/** Answers of a place that may have expired. */
const refusals: ReadonlySet<number> = new Set([401, 403, 404, 410]);

/**
 * The place that a source is at now. Where its URL redirects, to a signed URL mostly, further parts are asked for there, so
 * that the first server is not asked for each of them; when that place refuses, it is looked for again.
 */
export class SourceAddress {
  readonly #source: TransferSource;
  readonly #client: HttpClient;
  #given: Promise<Place> | undefined;
  #found: Place | undefined;
  #generation = 0;
  #last: URL | undefined;
  #refusal: ResponseHead | undefined;

  constructor(source: TransferSource, client: HttpClient) {
    this.#source = source;
    this.#client = client;
  }

  /**
   * Asks for the file, with what this request adds to the headers of its own; once more from the start of the redirects, when
   * the place that they led to refuses: signed URLs expire.
   */
  async open(fields: Readonly<Record<string, string>>, signal: AbortSignal): Promise<HttpAnswer> {
    const place = await this.place(signal);
    const answer = await this.#openAt(place, fields, signal);
    if (!refusals.has(answer.head.status) || !this.#mayMove(place)) return answer;
    await answer[Symbol.asyncDispose]();
    this.#forget(place, answer.head);
    return this.#openAt(await this.place(signal), fields, signal);
  }

  async place(signal: AbortSignal): Promise<Place> {
    if (this.#found !== undefined) return this.#found;
    const given = (this.#given ??= this.#resolve(signal));
    try {
      return await given;
    } catch (error) {
      if (this.#given === given) this.#given = undefined;
      throw error;
    }
  }

  /** Whether one more connection to where it was found is within the budget. */
  hasRoom(): boolean {
    return this.#last !== undefined && this.#client.hasRoomFor(this.#last);
  }

  async #openAt(place: Place, fields: Readonly<Record<string, string>>, signal: AbortSignal): Promise<HttpAnswer> {
    const request: HttpRequest = { method: "GET", url: place.url, headers: { ...place.headers, ...fields } };
    const answer = await this.#client.open(request, signal).catch((error: unknown) => {
      // The first server may know of another place than one that is out of order.
      if (place.how === "found") this.#forget(place);
      throw error;
    });
    this.#last = answer.url;
    if (place.how === "found" && answer.head.status >= 500) this.#forget(place);
    const hasMoved = answer.request !== request && answer.head.status < 400;
    if (hasMoved && place.generation === this.#generation) this.#found = placeOf(answer.request, fields, place);
    return answer;
  }

  /** Whether asking from the start may lead to another place than this one. */
  #mayMove({ how, generation }: Place): boolean {
    return how === "found" || generation < this.#generation || typeof this.#source.url === "function";
  }

  /** Of several connections that are refused at the same moment, the first one does: what it finds anew is not forgotten again. */
  #forget({ generation }: Place, refusal?: ResponseHead): void {
    if (generation < this.#generation) return;
    this.#generation += 1;
    this.#refusal = refusal;
    this.#found = undefined;
    this.#given = undefined;
  }

  async #resolve(signal: AbortSignal): Promise<Place> {
    const generation = this.#generation;
    const { url, headers = {} } = this.#source;
    if (typeof url === "string") return { url: parseHttpUrl(url), headers, how: "given", generation };
    const resolved = await unlessAborted(url({ signal, refusal: this.#refusal }), signal);
    return { url: parseHttpUrl(resolved.url), headers: resolved.headers ?? {}, how: "given", generation };
  }
}

/** What is asked there the next time: without what belonged to that one request. */
function placeOf({ url, headers = {} }: HttpRequest, fields: Readonly<Record<string, string>>, from: Place): Place {
  const kept = Object.entries(headers).filter(([name]) => !Object.hasOwn(fields, name));
  return { url, headers: Object.fromEntries(kept), how: "found", generation: from.generation };
}

/** A function of the caller's may not look at the signal. */
async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const stop = (): void => reject(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
