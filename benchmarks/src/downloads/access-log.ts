import { readFile } from "node:fs/promises";

export interface Request {
  readonly method: string;
  readonly status: number;
  /** Of the body, as handed to the kernel; of a broken connection too, where some of them never arrived. */
  readonly sentBytes: number;
  /** The `Range` header, `-` where there was none. */
  readonly range: string;
}

const line = /^(\S+) (\d+) (\d+) "(.*)"$/;

/** The requests in nginx's access log, in the order in which they ended. */
export async function readAccessLog(path: string): Promise<readonly Request[]> {
  const text = await readFile(path, "utf8");
  return text.split("\n").filter(Boolean).map(parseLine);
}

function parseLine(text: string): Request {
  const [, method, status, sentBytes, range] = line.exec(text) ?? [];
  if (method === undefined || range === undefined) throw new Error(`not a line of the access log: ${text}`);
  return { method, status: Number(status), sentBytes: Number(sentBytes), range };
}

export function sumOfSent(requests: readonly Request[]): number {
  return requests.reduce((sum, { sentBytes }) => sum + sentBytes, 0);
}
