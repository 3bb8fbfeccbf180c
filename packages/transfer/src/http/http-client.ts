import { X509Certificate } from "node:crypto";
import * as tls from "node:tls";
import { ConnectionPool } from "../connections/connection-pool.ts";
import type { Route } from "../connections/dial.ts";
import { proxyFor } from "../connections/proxy.ts";
import { transferError } from "../errors.ts";
import { exchange, type HttpAnswer } from "./exchange.ts";
import { assertHost, headersFor } from "./host-policy.ts";
import { type HttpClientOptions, type HttpClientSettings, parseHttpClientOptions } from "./http-client-options.ts";
import { isRedirect, maxRedirects, redirected, tooManyRedirects } from "./redirects.ts";
import { assertFields, hideCredentials, hideUserinfo } from "./request-fields.ts";
import type { HttpRequest } from "./request-head.ts";

/**
 * Asks servers, within one budget of connections, which are kept for the next request. To be shared by all that one program
 * fetches; when it is no longer needed, its idle connections close by themselves within seconds, and keep no process alive.
 * @throws ModelError `TRANSFER_OPTION_INVALID`
 */
export function httpClient(options: HttpClientOptions = {}): HttpClient {
  return new HttpClient(options);
}

export class HttpClient {
  readonly settings: HttpClientSettings;
  readonly #pool: ConnectionPool;

  /** @throws ModelError `TRANSFER_OPTION_INVALID` */
  constructor(options: HttpClientOptions = {}) {
    this.settings = parseHttpClientOptions(options);
    this.#pool = new ConnectionPool({
      ...this.settings,
      idleMs: 4_000,
      secureContext: secureContextFor(this.settings.ca),
    });
  }

  /**
   * The answer to a request, after at most ten redirects: its head is here, and its body is taken as it comes. Any status
   * is an answer. Nothing is retried.
   * @throws ModelError of {@link TransferErrorCode}; `signal.reason` untouched when aborted
   */
  async open(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    let current = request;
    for (let followed = 0; followed <= maxRedirects; followed += 1) {
      const answer = await this.#exchange(current, signal);
      if (!isRedirect(answer)) return answer;
      await answer[Symbol.asyncDispose]();
      current = redirected(current, answer);
    }
    throw tooManyRedirects(current.url);
  }

  /** The same without following redirects. */
  async openHere(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    return this.#exchange(request, signal);
  }

  /** Whether a transfer may open one more connection to this host without making another one wait. */
  hasRoomFor(url: URL): boolean {
    return this.#pool.hasRoomFor(this.#routeTo(url));
  }

  /** Whether others wait for a connection: whoever has several should finish with one. */
  get isCrowded(): boolean {
    return this.#pool.isCrowded;
  }

  /** Closes idle connections at once. The client can still be used. */
  close(): void {
    this.#pool.close();
  }

  async #exchange(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    assertHttpUrl(request.url);
    assertHost(request.url, this.settings);
    const { answerTimeoutMs, stallTimeoutMs: windowMs, minBytesPerSecond } = this.settings;
    const pace = { windowMs, minBytesPerSecond };
    assertFields(`the request to ${request.url.host}`, request.headers ?? {});
    hideCredentials(request.headers ?? {}, "use");
    hideUserinfo(request.url, "use");
    const headers = { ...headersFor(request.url, this.settings.headers), ...request.headers };
    return exchange(
      { ...request, headers },
      { pool: this.#pool, route: this.#routeTo(request.url), answerTimeoutMs, pace, signal },
    );
  }

  #routeTo(url: URL): Route {
    const proxy = proxyFor(url, this.settings.proxy);
    if (proxy !== undefined && this.settings.addresses === "public" && this.settings.allowHosts === undefined) {
      throw transferError("TRANSFER_ADDRESS_REFUSED", {
        message: `${url.host} would be reached through the proxy ${proxy.host}, which alone knows the address it connects to.`,
        hint: 'With addresses: "public" and a proxy, name the hosts that may be asked: allowHosts.',
        facts: { host: url.hostname, address: proxy.host, range: "unknown" },
      });
    }
    return { origin: url, proxy };
  }
}

/** @throws ModelError `TRANSFER_URL_INVALID` */
export function parseHttpUrl(text: string): URL {
  const url = URL.parse(text);
  if (url !== null) {
    assertHttpUrl(url);
    return url;
  }
  throw invalidUrl(text);
}

function assertHttpUrl(url: URL): void {
  if (url.protocol !== "http:" && url.protocol !== "https:") throw invalidUrl(url.href);
}

function invalidUrl(url: string): Error {
  return transferError("TRANSFER_URL_INVALID", {
    message: `${url} is no URL that can be fetched over HTTP.`,
    hint: "URLs begin with https:// or http://, and name a host.",
    facts: { url },
  });
}

/** Certificates of the caller's own are trusted beside the others, not instead of them. */
function secureContextFor(ca: string | undefined): tls.SecureContext | undefined {
  if (ca === undefined) return undefined;
  // Releases before 22.15 do not tell what NODE_EXTRA_CA_CERTS has added; imported by its name, it would keep them from starting.
  const known = typeof tls.getCACertificates === "function" ? tls.getCACertificates("default") : tls.rootCertificates;
  return tls.createSecureContext({ ca: [...known, ...certificatesIn(ca)] });
}

/** Node passes over what it cannot read, and would trust nothing more than before. */
function certificatesIn(ca: string): readonly string[] {
  const blocks = ca.match(/-----BEGIN [^-]*CERTIFICATE-----.*?-----END [^-]*CERTIFICATE-----/gs) ?? [];
  try {
    if (blocks.length === 0) throw new TypeError("there is no certificate in it");
    return blocks.map((block) => new X509Certificate(block).toString());
  } catch (cause) {
    throw transferError("TRANSFER_OPTION_INVALID", {
      message: "The option ca holds no certificates that can be read.",
      hint: "Give the text of a PEM file: -----BEGIN CERTIFICATE----- and so on.",
      facts: { option: "ca" },
      cause,
    });
  }
}
