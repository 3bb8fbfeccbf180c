import { BlockList, isIP } from "node:net";
import { transferError } from "../errors.ts";

/**
 * Which addresses may be connected to. `any`: all but link-local ones and those of cloud metadata services, which no model
 * lies behind and which hand out credentials to whoever asks. `public`: those of the internet alone, for services that take
 * references from strangers.
 */
export type AddressPolicy = "any" | "public";

type Subnet = readonly [address: string, prefix: number];

/** Link-local (169.254.169.254 is among them), and metadata services elsewhere: AWS over IPv6, Google, Alibaba, Oracle, Azure. */
const forbidden: readonly Subnet[] = [
  ["169.254.0.0", 16],
  ["fe80::", 10],
  ["fd00:ec2::", 32],
  ["fd20:ce::254", 128],
  ["100.100.100.200", 32],
  ["192.0.0.192", 32],
  ["168.63.129.16", 32],
];

/** What is not the public internet: the special-purpose registries of IANA (RFC 6890), with multicast. */
const notPublic: readonly Subnet[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
  ["::", 96],
  ["64:ff9b:1::", 48],
  ["100::", 64],
  ["2001::", 23],
  ["2001:db8::", 32],
  ["3fff::", 20],
  ["5f00::", 16],
  ["fc00::", 7],
  ["fec0::", 10],
  ["ff00::", 8],
];

const forbiddenList = blockList(forbidden);
const notPublicList = blockList(notPublic);

/** Names of metadata services, which a proxy may resolve where this machine does not. */
const metadataNames: ReadonlySet<string> = new Set([
  "metadata",
  "metadata.google.internal",
  "metadata.goog",
  "metadata.tencentyun.com",
  "instance-data",
  "instance-data.ec2.internal",
]);

/** Why an address is not allowed; nothing for one that is. */
export function refusedRange(address: string, policy: AddressPolicy): string | undefined {
  const all = addressesIn(address);
  if (all.some((each) => isIn(forbiddenList, each))) return "link-local or metadata";
  return policy === "public" && all.some((each) => isIn(notPublicList, each)) ? "not public" : undefined;
}

function isIn(list: BlockList, address: string): boolean {
  return list.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}

/** @throws ModelError `TRANSFER_ADDRESS_REFUSED` */
export function assertAddress(host: string, address: string, policy: AddressPolicy): void {
  const range = isMetadataName(host) ? "link-local or metadata" : refusedRange(address, policy);
  if (range !== undefined) throw addressRefused(host, address, range);
}

/** What can be told of a host by its name alone: an address in brackets or without, or the name of a metadata service. */
export function assertHostName(host: string, policy: AddressPolicy): void {
  const bare = bareHost(host);
  if (isMetadataName(bare)) throw addressRefused(bare, bare, "link-local or metadata");
  if (isIP(bare) !== 0) assertAddress(bare, bare, policy);
}

/** Without the brackets that a URL puts around an IPv6 address. */
export function bareHost(host: string): string {
  return host.startsWith("[") ? host.slice(1, -1) : host;
}

function isMetadataName(host: string): boolean {
  return metadataNames.has(host.toLowerCase().replace(/\.$/, ""));
}

function addressRefused(host: string, address: string, range: string): Error {
  const at = host === address ? host : `${host} (${address})`;
  return transferError("TRANSFER_ADDRESS_REFUSED", {
    message: `${at} is not connected to: the address is ${range}.`,
    hint:
      range === "not public"
        ? 'References to this network are refused here by addresses: "public". For a host of your own, leave that option out.'
        : "No model lies there; such addresses are never connected to, whoever names them.",
    facts: { host, address, range },
  });
}

/** Beginnings of IPv6 addresses that end in an IPv4 one: compatible, mapped, translated, and NAT64 in general or of a network. */
const carriers: ReadonlySet<string> = new Set([
  "0:0:0:0:0:0",
  "0:0:0:0:0:ffff",
  "0:0:0:0:ffff:0",
  "64:ff9b:0:0:0:0",
  "64:ff9b:1:0:0:0",
]);

/** The address itself, and the IPv4 one that is written within an IPv6 one. */
function addressesIn(address: string): readonly string[] {
  const [plain = ""] = address.split("%");
  if (isIP(plain) !== 6) return [plain];
  const groups = groupsOf(plain);
  const isCarrier = carriers.has(hexOf(groups.slice(0, 6)));
  const embedded = isCarrier ? groups.slice(6) : groups[0] === 0x2002 ? groups.slice(1, 3) : undefined;
  if (embedded === undefined) return [plain];
  return embedded === undefined ? [plain] : [plain, dotted(embedded)];
}

function hexOf(groups: readonly number[]): string {
  return groups.map((group) => group.toString(16)).join(":");
}

/** The eight numbers of an IPv6 address that `isIP` has accepted. */
function groupsOf(address: string): readonly number[] {
  const hex = address.replace(/[^:]*\.[^:]*$/, (dottedPart) => {
    const [a = 0, b = 0, c = 0, d = 0] = dottedPart.split(".").map(Number);
    return [a * 256 + b, c * 256 + d].map((group) => group.toString(16)).join(":");
  });
  const [head = "", tail] = hex.split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - before.length - after.length }, () => "0");
  return [...before, ...zeros, ...after].map((group) => Number.parseInt(group, 16));
}

function dotted([high = 0, low = 0]: readonly number[]): string {
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}

function blockList(subnets: readonly Subnet[]): BlockList {
  const list = new BlockList();
  for (const [address, prefix] of subnets) list.addSubnet(address, prefix, isIP(address) === 6 ? "ipv6" : "ipv4");
  return list;
}
