import type { HttpClient } from "../http/http-client.ts";
import type { Patience } from "./patience.ts";
import type { SourceAddress } from "./source-address.ts";
import type { TransferSettings } from "./transfer-options.ts";

/** What the parts of one transfer share. */
export interface Work {
  readonly client: HttpClient;
  readonly address: SourceAddress;
  readonly settings: TransferSettings;
  readonly patience: Patience;
  /** Of the caller, and of the time-out; aborted also when a part of the transfer has failed for good. */
  readonly signal: AbortSignal;
}
