import { lookup as systemLookup, type LookupAddress } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { type AddressPolicy, assertAddress } from "./address-policy.ts";
import { hostUnknown } from "./connect-failures.ts";

/**
 * Of the addresses of a name only those that are allowed are given to the socket, which connects to one of them: so what is
 * checked is what is connected to, and a name that is resolved anew is checked anew.
 */
export function checkedLookup({
  addresses,
  lookup,
}: {
  readonly addresses: AddressPolicy;
  readonly lookup: LookupFunction | undefined;
}): LookupFunction {
  const resolve: LookupFunction = lookup ?? ((host, options, callback) => systemLookup(host, options, callback));
  return (host, options, callback) => {
    resolve(host, { ...options, all: true }, (error, found) => {
      if (error) return callback(hostUnknown(host, error), []);
      const all = typeof found === "string" ? [{ address: found, family: isIP(found) }] : found;
      const refusal = refusalOf(host, all, addresses);
      const [first] = all;
      if (refusal !== undefined || first === undefined) return callback(refusal ?? hostUnknown(host), []);
      return options.all === true ? callback(null, [...all]) : callback(null, first.address, first.family);
    });
  };
}

/** Of all of them: a name that leads inside and outside is one that is meant to deceive. */
function refusalOf(host: string, all: readonly LookupAddress[], addresses: AddressPolicy): Error | undefined {
  try {
    for (const { address } of all) {
      if (isIP(address) === 0)
        return hostUnknown(host, new TypeError("the resolver gives something that is no address"));
      assertAddress(host, address, addresses);
    }
    return undefined;
  } catch (refusal) {
    return refusal instanceof Error ? refusal : new Error(String(refusal));
  }
}
