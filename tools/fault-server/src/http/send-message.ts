import { type Content, pieceBytes } from "../content/content.ts";
import type { RequestFaults } from "../faults/fault.ts";
import { bodyPace, bodyStops, headPace, headStops, type Stop } from "../faults/stops.ts";
import type { Message } from "./message.ts";
import type { Pace } from "./pace.ts";
import type { Wire } from "./wire.ts";

export interface Sending {
  readonly met: RequestFaults;
  /** Told how many bytes of the body have been handed over so far. */
  readonly onSent: (bytes: number) => void;
}

/** Whether the connection goes on afterwards. Rejects when it ends before all is sent. */
export async function sendMessage(wire: Wire, message: Message, { met, onSent }: Sending): Promise<boolean> {
  const { head, body, coding } = message;
  const headPart: Part = {
    content: head,
    pace: headPace(met),
    stops: headStops(wire, met),
    pieceBytes: Infinity,
    code: (piece) => piece,
    tail: new Uint8Array(),
    onSent: () => {},
  };
  if (!(await sendPart(wire, headPart))) return false;
  const bodyPart = {
    content: body,
    pace: bodyPace(met),
    stops: bodyStops(wire, body.sizeBytes, met),
    ...coding,
    onSent,
  };
  if (!(await sendPart(wire, bodyPart))) return false;
  if (message.close) wire.end("fin");
  return !message.close;
}

interface Part {
  readonly content: Content;
  readonly pace: Pace;
  readonly stops: readonly Stop[];
  readonly pieceBytes: number;
  readonly code: (piece: Uint8Array) => Uint8Array;
  /** Goes out in one write with the last piece, so that the peer cannot be done before it comes. */
  readonly tail: Uint8Array;
  readonly onSent: (bytes: number) => void;
}

/** Each piece is waited for until the system has it: what stops here does so exactly after the bytes before it. */
async function sendPart(wire: Wire, { content, pace, stops, code, tail, onSent, ...part }: Part): Promise<boolean> {
  const total = content.sizeBytes;
  const most = Math.min(pieceBytes, pace.sliceBytes, part.pieceBytes);
  const coming = stops.filter(({ at }) => at <= total).sort((one, other) => one.at - other.at);
  let sent = 0;
  for (;;) {
    for (; coming[0]?.at === sent; coming.shift()) {
      await coming[0].act();
      if (wire.socket.destroyed || wire.socket.writableEnded) return false;
    }
    if (sent === total) break;
    const length = Math.min(most, (coming[0]?.at ?? total) - sent);
    await pace.next(length, wire.gone);
    const piece = code(content.read(sent, length));
    const isLast = sent + length === total && coming.length === 0;
    await wire.write(isLast ? Buffer.concat([piece, tail]) : piece);
    sent += length;
    onSent(sent);
    if (isLast) return true;
  }
  await wire.write(tail);
  return true;
}
