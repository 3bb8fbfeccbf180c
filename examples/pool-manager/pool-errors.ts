import { type ErrorFactory, errorFactory } from "@llama-orch/catalog-core";

export type PoolErrorCode =
  /** The body is no JSON object with a `model`. */
  | "POOL_REQUEST_INVALID"
  /** An `X-Correlation-Id` that cannot travel in headers and log lines. */
  | "POOL_CORRELATION_ID_INVALID"
  | "POOL_REPLICA_UNKNOWN"
  | "POOL_ROUTE_UNKNOWN"
  /** Why a replica that was being prepared is not there after a shutdown. */
  | "POOL_CLOSING";

export const poolError: ErrorFactory<PoolErrorCode> = errorFactory({
  POOL_REQUEST_INVALID: "usage",
  POOL_CORRELATION_ID_INVALID: "usage",
  POOL_REPLICA_UNKNOWN: "not-found",
  POOL_ROUTE_UNKNOWN: "not-found",
  POOL_CLOSING: "other",
});
