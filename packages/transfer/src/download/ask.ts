import { isModelError } from "@llama-orch/catalog-core";
import { transferError } from "../errors.ts";
import type { HttpAnswer } from "../http/exchange.ts";
import { attemptSignal } from "./attempt-signal.ts";
import { type Offer, readOffer } from "./offer.ts";
import { explained } from "./status-failure.ts";
import { isSameVersion, type Version, validatorOf } from "./version.ts";
import { isPageType, webPage } from "./web-page.ts";
import type { Work } from "./work.ts";

/** A part to ask for: up to the end of the file where `to` is not given. */
export interface Wanted {
  readonly from: number;
  readonly to?: number;
  /** It must be of this version. */
  readonly version: Version | undefined;
}

/** The source has another version than the one that was begun with. */
export class SourceChanged extends Error {}

export interface Asked {
  readonly answer: HttpAnswer;
  readonly offer: Offer;
}

/**
 * Asks for a part of the file, or for the whole where it begins. What comes back is bytes of the wanted version, or an error.
 * @throws ModelError of a status, `TRANSFER_ANSWER_INVALID`, `TRANSFER_HTML_PAGE`, `TRANSFER_ENCODED`,
 *   `TRANSFER_SIZE_MISMATCH`, those of {@link HttpClient.open}; {@link SourceChanged}
 */
export async function ask(wanted: Wanted, work: Work): Promise<Asked> {
  const isWhole = wanted.from === 0 && wanted.to === undefined;
  const attempt = attemptSignal(work);
  try {
    const answer = await work.address.open(isWhole ? {} : rangeFields(wanted), attempt.signal);
    try {
      if (answer.head.status >= 300 && answer.head.status !== 416) throw await explained(answer, work.settings);
      const offer = readOffer(answer, isWhole ? undefined : wanted.from);
      assertIsFile(answer, work);
      assertVersion(offer, wanted, work);
      return { answer: withEnd(answer, attempt.end), offer };
    } catch (error) {
      await answer[Symbol.asyncDispose]();
      throw error;
    }
  } catch (error) {
    attempt.end();
    throw error;
  }
}

/** What the answer was waited for with ends with it. */
function withEnd(answer: HttpAnswer, end: () => void): HttpAnswer {
  return {
    ...answer,
    async [Symbol.asyncDispose]() {
      end();
      await answer[Symbol.asyncDispose]();
    },
  };
}

function rangeFields({ from, to, version }: Wanted): Readonly<Record<string, string>> {
  const validator = version === undefined ? undefined : validatorOf(version);
  return {
    range: `bytes=${from}-${to === undefined ? "" : to - 1}`,
    ...(validator !== undefined && { "if-range": validator }),
  };
}

/** @throws ModelError `TRANSFER_HTML_PAGE`, `TRANSFER_ENCODED` */
function assertIsFile({ head, url }: HttpAnswer, { settings }: Work): void {
  const contentType = head.headers.get("content-type")?.toLowerCase() ?? "";
  if (!settings.mayBeHtml && isPageType(contentType)) throw webPage(url, contentType);
  const encoding = head.headers.get("content-encoding")?.toLowerCase() ?? "identity";
  if (encoding === "identity" || encoding === "" || settings.decidingDigest !== undefined) return;
  throw transferError("TRANSFER_ENCODED", {
    message: `${url.host} sends ${url.pathname} encoded (${encoding}), though none was asked for: these are not the file's own bytes.`,
    hint: "Give the digest of what should arrive, or have the server send the file as it is.",
    facts: { url: url.href, encoding },
  });
}

/** @throws ModelError `TRANSFER_SIZE_MISMATCH`; {@link SourceChanged} */
function assertVersion(offer: Offer, { from, version }: Wanted, { settings }: Work): void {
  if (offer.kind === "unmeasured") {
    // It cannot be compared with what is here, nor is what is here of use to it.
    if (version !== undefined) throw new SourceChanged();
    return;
  }
  const sizeBytes = offer.kind === "beyond" ? offer.sizeBytes : offer.version.sizeBytes;
  const { expectedSizeBytes } = settings;
  if (expectedSizeBytes !== undefined && sizeBytes !== undefined && sizeBytes !== expectedSizeBytes) {
    throw sizeMismatch(expectedSizeBytes, sizeBytes);
  }
  if (offer.kind === "beyond") throw new SourceChanged(`there is nothing at byte ${from}`);
  if (version === undefined || isSame(version, offer.version, settings)) return;
  throw new SourceChanged();
}

function isSame(wanted: Version, offered: Version, { decidingDigest, mirrors }: Work["settings"]): boolean {
  if (decidingDigest === undefined) return validatorOf(wanted) !== undefined && isSameVersion(wanted, offered);
  // Mirrors have ETags of their own, and some sources have none. One that had one, and has none now, would make its old one
  // vouch for the new bytes, also for an attempt without a digest.
  const isOther = wanted.etag !== undefined && wanted.etag !== offered.etag;
  return wanted.sizeBytes === offered.sizeBytes && (!isOther || mirrors.length > 0);
}

export function sizeMismatch(expected: number, actual: number): Error {
  return transferError("TRANSFER_SIZE_MISMATCH", {
    message: `The file has ${actual} bytes, and ${expected} were declared.`,
    hint: "The source is wrong about itself, or something on the way answers in its place; try again, or another mirror.",
    facts: { expected, actual },
  });
}

/** Whether this is what a transfer goes on from, or another one begins after. */
export function isSourceChanged(error: unknown): error is SourceChanged {
  return error instanceof SourceChanged && !isModelError(error);
}
