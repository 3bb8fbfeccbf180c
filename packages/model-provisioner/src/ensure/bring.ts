import type { ResolvedModel } from "@llama-orch/catalog-core";
import type { Call } from "./call.ts";
import type { Candidate } from "./candidate.ts";
import { findCandidate, mayAsk } from "./find-candidate.ts";
import { findPresent } from "./find-present.ts";
import type { Flights } from "./flights.ts";
import { isIntact } from "./is-intact.ts";
import { recorded } from "./recorded.ts";
import { settle } from "./settle.ts";
import type { Surroundings } from "./surroundings.ts";
import { takeTurn } from "./turn.ts";
import { isWhereWanted, knownVerdict, vouchedDigest } from "./verdict.ts";

/**
 * Brings a model for one call, sharing the work with the calls that want the same on the same terms.
 *
 * What another call set out for may not be what this one wants: it expected another digest, found that on this machine,
 * and did not ask the source. Then this call goes on its own.
 */
export async function bring(call: Call, flights: Flights<Candidate>, around: Surroundings): Promise<ResolvedModel> {
  const here = await wantedHere(call, around);
  const served = here && (await settle(call, here, around));
  if (served !== undefined) return served;
  const board = (key: string): Promise<ResolvedModel | undefined> =>
    flights.share(
      key,
      call,
      (signal, emit) => fly(call, { ...around, signal, emit }),
      (candidate) => accept(call, candidate, around),
    );
  const shared = [call.id, call.refresh, call.verify, call.offline, call.durability].join(" ");
  const model = (await board(shared)) ?? (await board(`${shared} ${call.correlationId}`));
  // A flight of one's own asks the source where that can help: so the model was removed once more, and is brought once more.
  return model ?? bring(call, flights, around);
}

/**
 * What is here and is just what the call wants, though there is something to note down: a caller vouches for it, or it
 * was retired. That needs no turn and no flight, and must not end as a passenger of one that sets out for other bytes.
 */
async function wantedHere(call: Call, around: Surroundings): Promise<Candidate | undefined> {
  if (call.wantsFresh) return undefined;
  const entry = await around.catalog.get(call.id);
  if (entry === undefined || !isWhereWanted(call, entry)) return undefined;
  const { known } = knownVerdict(entry, call.expected ?? vouchedDigest(entry));
  if (known !== "pass" && known !== "skipped") return undefined;
  return (await isIntact(entry, around.catalog)) ? recorded(entry, call, around) : undefined;
}

/** The work of a flight, in this process's turn; the turn lasts until the cargo is let go, since its bytes are registered before. */
async function fly(call: Call, around: Surroundings): Promise<Candidate> {
  const turn = await takeTurn(call, around);
  if (!("end" in turn)) return turn;
  try {
    const candidate = await findCandidate(call, { ...around, emit: turn.emit, turn });
    return {
      ...candidate,
      async dispose() {
        await candidate.dispose();
        await turn.end();
      },
    };
  } catch (error) {
    await turn.end();
    throw error;
  }
}

async function accept(call: Call, candidate: Candidate, around: Surroundings): Promise<ResolvedModel | undefined> {
  call.signal.throwIfAborted();
  // A call before this one may have registered just what this one wants; or it was on record all the time.
  const present = await findPresent(call, around.catalog);
  if (present !== undefined) return present;
  const isOtherThanExpected =
    call.expected?.algorithm === "sha256" && candidate.description.digest !== `sha256:${call.expected.hex}`;
  if (isOtherThanExpected && !candidate.askedSource && mayAsk(call, around)) return undefined;
  return settle(call, candidate, around);
}
