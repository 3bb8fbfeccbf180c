import { request } from "node:http";
import { type SignOptions, signedHeaders } from "../signature/sign.ts";
import type { TestS3 } from "../test-s3.ts";

export interface Asked {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Of the error in the body; empty where there is none. */
  readonly code: string;
}

/** Without `fetch`, which keeps some headers for itself and follows redirects. */
export async function ask(url: string, headers: Readonly<Record<string, string>> = {}, method = "GET"): Promise<Asked> {
  const { promise, resolve, reject } = Promise.withResolvers<Asked>();
  const [, host = "", path = "/"] = /^http:\/\/([^/]+)(.*)$/s.exec(url) ?? [];
  const port = Number(host.split(":")[1]);
  const sent = request({ host: "127.0.0.1", port, path, method, headers: { host, ...headers }, agent: false });
  sent.once("response", (response) => {
    let body = "";
    response.setEncoding("utf8").on("data", (text: string) => (body += text));
    response.once("error", reject);
    response.once("end", () => {
      const list = Object.entries(response.headers).map(([name, value]) => [name, String(value)]);
      const code = /<Code>(.*?)<\/Code>/.exec(body)?.[1] ?? "";
      resolve({ status: response.statusCode ?? 0, headers: Object.fromEntries(list), body, code });
    });
  });
  sent.once("error", reject).end();
  return promise;
}

/** Signed with the credentials of the server, unless others are given. */
export async function askSigned(s3: TestS3, url: string, options: Partial<SignOptions> = {}): Promise<Asked> {
  return ask(url, signedHeaders(url, { key: s3.credentials, ...options }), options.method);
}
