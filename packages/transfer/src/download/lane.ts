import type { Arrival } from "./arrival.ts";
import { ask, type Asked } from "./ask.ts";
import { assertNoPage } from "./web-page.ts";
import type { Segment, Segments } from "./segments.ts";
import type { Work } from "./work.ts";

export interface LaneWork extends Work {
  readonly arrival: Arrival;
  readonly segments: Segments;
  /** Connections that share the work now. */
  readonly connections: () => number;
  /** The server does no parts: it sent the whole file when it was asked for one. @returns whether others are at work */
  readonly onWhole: () => boolean;
  /** It has not shown that it does none. */
  readonly doesParts: () => boolean;
}

/**
 * Brings one segment, and what it can be extended by, over one connection.
 * @param asked an answer that is here already, and begins with this segment.
 * @throws what `ask` and the connection fail with; what was brought before is written, and the segment knows how far.
 */
export async function bringSegment(segment: Segment, work: LaneWork, asked?: Asked): Promise<void> {
  const { answer, offer } = asked ?? (await askFor(segment, work));
  try {
    if (offer.kind !== "part" && offer.kind !== "whole") return;
    const isWhole = offer.kind === "whole";
    // One connection brings it all from the start; another one that did so too would be of no use.
    if (isWhole && asked === undefined && segment.at > 0 && work.onWhole()) return;
    const end = isWhole ? offer.version.sizeBytes : offer.to;
    let at = isWhole ? 0 : offer.from;
    for await (const piece of answer.pieces()) {
      if (at === 0 && !work.settings.mayBeHtml) assertNoPage(piece, answer.url);
      const pieceEnd = at + piece.length;
      at = await place(piece, at, { segment, work });
      // What follows is somebody else's, or is to be asked for anew: bytes were passed over that nobody has.
      if (at < pieceEnd) break;
      // At the end of the answer the loop ends by itself, and the connection can be used again.
      if (segment.leftBytes === 0 && at < end && !goesOn(segment, work)) break;
    }
  } finally {
    await answer[Symbol.asyncDispose]();
  }
}

async function askFor({ at: from, to }: Segment, work: LaneWork): Promise<Asked> {
  const { version } = work.arrival;
  const isOpen = to === version.sizeBytes && work.connections() === 1;
  return ask({ from, version, ...(!isOpen && { to }) }, work);
}

interface Placing {
  readonly segment: Segment;
  readonly work: LaneWork;
}

/** What others have brought is read over only where it cannot be asked for by parts: else that would take as long as to bring it. */
function goesOn(segment: Segment, { segments, doesParts }: LaneWork): boolean {
  return segments.extend(segment, !doesParts());
}

/**
 * Writes what the segment lacks of a piece.
 * @returns how far it was of use: up to its end, or up to where the segment ends and cannot be extended
 */
async function place(piece: Buffer, pieceAt: number, { segment, work }: Placing): Promise<number> {
  const end = pieceAt + piece.length;
  let at = pieceAt;
  while (at < end) {
    if (segment.leftBytes === 0 && !goesOn(segment, work)) return at;
    const from = Math.max(at, segment.at);
    const to = Math.min(end, segment.to);
    // Of a whole file, what is here already is read over.
    if (from >= to) return end;
    // Claimed before it is written: another connection may be given what follows meanwhile.
    segment.at = to;
    await work.arrival.write(piece.subarray(from - pieceAt, to - pieceAt), from);
    work.patience.progressed(to - from);
    at = to;
  }
  return end;
}
