import type { LookupFunction } from "node:net";

/** For agents: every name is this machine. Few systems know that `bucket.localhost` is. */
export const lookupLoopback: LookupFunction = (_hostname, { all }, callback) => {
  if (all === true) callback(null, [{ address: "127.0.0.1", family: 4 }]);
  else callback(null, "127.0.0.1", 4);
};
