import type { DigestText } from "@llama-orch/catalog-core";
import type { HttpAnswer } from "../http/exchange.ts";
import { withinTime } from "./attempt-signal.ts";
import { Patience } from "./patience.ts";
import { readDeclaredDigest } from "./declared-digest.ts";
import { readOffer } from "./offer.ts";
import { SourceAddress } from "./source-address.ts";
import { explained } from "./status-failure.ts";
import {
  parseTransferOptions,
  type TransferOptions,
  type TransferSettings,
  type TransferSource,
} from "./transfer-options.ts";
import { versionOf } from "./version.ts";
import { isPageType, webPage } from "./web-page.ts";

/** What a server tells of a file without sending it. */
export interface FileProbe {
  /** Where it is, after redirects. */
  readonly url: URL;
  /** Absent when the server does not tell. */
  readonly sizeBytes?: number;
  /** An ETag only if it is a strong one. */
  readonly validators: { readonly etag?: string; readonly lastModified?: string };
  /** `Content-Disposition`, as it was sent. */
  readonly disposition?: string;
  /** Of the file itself, declared by the server (`Repr-Digest`, RFC 9530). */
  readonly digest?: DigestText;
}

/** Servers that do not know HEAD, and signed URLs that are good for GET alone, answer so. */
const refusesHead: ReadonlySet<number> = new Set([400, 403, 405, 501]);

/**
 * Asks what a transfer would bring. No byte of the file moves, but for one where the server does not answer HEAD.
 * @throws ModelError of `TransferErrorCode`; `signal.reason` untouched when aborted
 */
export async function probeFile(source: TransferSource, options: TransferOptions): Promise<FileProbe> {
  const settings = parseTransferOptions(options);
  const patience = new Patience(settings);
  const address = new SourceAddress(source, settings.client);
  return withinTime(settings, "To ask for a file", async (signal) => {
    for (;;) {
      try {
        return await probe(address, { ...settings, signal });
      } catch (error) {
        await patience.after(error, signal);
      }
    }
  });
}

async function probe(address: SourceAddress, settings: TransferSettings): Promise<FileProbe> {
  await using answer = await openAnswer(address, settings);
  const { status, headers } = answer.head;
  if (status >= 300 && status !== 416) throw await explained(answer, settings);
  const contentType = headers.get("content-type")?.toLowerCase() ?? "";
  if (!settings.mayBeHtml && isPageType(contentType)) throw webPage(answer.url, contentType);
  return probeOf(answer);
}

async function openAnswer(address: SourceAddress, { client, signal }: TransferSettings): Promise<HttpAnswer> {
  const { url, headers } = await address.place(signal);
  const answer = await client.open({ method: "HEAD", url, headers }, signal);
  const { status } = answer.head;
  const isEnough = status < 300 && sizeOfHead(answer) !== undefined;
  if (isEnough || (status >= 300 && !refusesHead.has(status))) return answer;
  await answer[Symbol.asyncDispose]();
  return address.open({ range: "bytes=0-0" }, signal);
}

function probeOf(answer: HttpAnswer): FileProbe {
  const { head, url } = answer;
  const sizeBytes = answer.request.method === "HEAD" ? sizeOfHead(answer) : sizeOfPart(answer);
  const { sizeBytes: _, ...validators } = versionOf(head, 0);
  const disposition = head.headers.get("content-disposition");
  const digest = readDeclaredDigest(head.headers.get("repr-digest"));
  return {
    url,
    validators,
    ...(sizeBytes !== undefined && { sizeBytes }),
    ...(disposition !== undefined && { disposition }),
    ...(digest !== undefined && { digest }),
  };
}

/** The length that a GET would have. */
function sizeOfHead({ head }: HttpAnswer): number | undefined {
  const text = head.headers.get("content-length");
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function sizeOfPart(answer: HttpAnswer): number | undefined {
  const offer = readOffer(answer, 0);
  if (offer.kind === "unmeasured") return undefined;
  return offer.kind === "beyond" ? offer.sizeBytes : offer.version.sizeBytes;
}
