import { type FetchContext, registerSecret } from "@llama-orch/catalog-core";
import { askServer, type HttpClient, type ResponseHead, type TransferOptions } from "@llama-orch/transfer";
import { type FoundToken, tokenFrom } from "../environment.ts";
import { hfError } from "../errors.ts";
import type { HfSettings } from "../hf-fetcher-options.ts";
import { hubFailure, type HubQuestion } from "./hub-failure.ts";

/** One Hub, asked as one user, for one call. */
export class Hub {
  readonly endpoint: string;
  readonly #settings: HfSettings;
  readonly #client: HttpClient;
  readonly #found: FoundToken;
  readonly #context: FetchContext;

  private constructor(settings: HfSettings, client: HttpClient, found: FoundToken, context: FetchContext) {
    this.endpoint = settings.endpoint;
    this.#settings = settings;
    this.#client = client;
    this.#found = found;
    this.#context = context;
  }

  /** Looks for the token anew each time: people log in while a program runs. */
  static async open(settings: HfSettings, client: HttpClient, context: FetchContext): Promise<Hub> {
    const found = await foundToken(settings);
    if (found.token !== undefined) registerSecret(found.token);
    return new Hub(settings, client, found, context);
  }

  /** For the Hub's own origin: no redirect carries them elsewhere. */
  get headers(): Readonly<Record<string, string>> {
    return this.#found.token === undefined ? {} : { authorization: `Bearer ${this.#found.token}` };
  }

  /** What a transfer of a file needs to know. */
  transferOptions(about: HubQuestion): TransferOptions {
    const { signal, logger } = this.#context;
    return {
      ...this.#settings.transfer,
      client: this.#client,
      signal,
      logger,
      // A file of a repository may be a page.
      mayBeHtml: true,
      explainStatus: ({ head }) => this.#explain(head, about),
    };
  }

  /** Where a file of a commit is had. */
  fileUrl(repository: string, revision: string, path: string): string {
    return `${this.endpoint}/${repository}/resolve/${encodeURIComponent(revision)}/${encodePath(path)}`;
  }

  /** A document of the API, below the repository; with the one that its `Link` header says comes next. */
  async json(url: string, about: HubQuestion): Promise<{ readonly value: unknown; readonly next: string | undefined }> {
    const { text, head } = await askServer({ url, headers: this.headers }, this.transferOptions(about));
    try {
      return { value: JSON.parse(text), next: this.#nextOf(head) };
    } catch (cause) {
      throw invalidAnswer(url, "it is no JSON", cause);
    }
  }

  apiUrl(repository: string, rest: string): string {
    return `${this.endpoint}/api/models/${repository}/${rest}`;
  }

  /** What the Hub says of a file: on the redirect to another host, where there is one. */
  async headOfFile(about: HubQuestion & { readonly path: string }): Promise<ResponseHead> {
    const url = this.fileUrl(about.repository, about.revision ?? "main", about.path);
    const question = { url, method: "HEAD", headers: this.headers, redirects: "same-origin" } as const;
    return (await askServer(question, this.transferOptions(about))).head;
  }

  #explain(head: ResponseHead, about: HubQuestion): Error | undefined {
    return hubFailure(head, { ...about, endpoint: this.endpoint, tokenSource: this.#found.source });
  }

  /** A mirror may hand on links to the Hub that it mirrors. */
  #nextOf({ headers }: ResponseHead): string | undefined {
    const link = /<([^>]+)>\s*;\s*rel="?next"?/.exec(headers.get("link") ?? "")?.[1];
    const url = link === undefined ? null : URL.parse(link, this.endpoint);
    return url === null ? undefined : `${this.endpoint}${url.pathname}${url.search}`;
  }
}

export function encodePath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

/** The Hub, or whatever answers in its place, does not say what it should. */
export function invalidAnswer(url: string, problem: string, cause?: unknown): Error {
  return hfError("HF_ANSWER_INVALID", {
    message: `${url} gives an answer that cannot be used: ${problem}.`,
    hint: "Check HF_ENDPOINT: a mirror has to have the Hub's interface; a proxy on the way may answer in its place.",
    facts: { url, problem },
    cause,
  });
}

async function foundToken({ token, env }: HfSettings): Promise<FoundToken> {
  if (token === undefined) return tokenFrom(env);
  return token === "" ? { token: undefined, source: { from: "none" } } : { token, source: { from: "option" } };
}
