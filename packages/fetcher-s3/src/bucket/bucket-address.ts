import type { Surroundings } from "../aws/surroundings.ts";
import { encodeStrictly } from "../reference/key-text.ts";

/** A bucket, and where it is asked for. */
export interface BucketPlace extends Surroundings {
  readonly bucket: string;
}

/** Where an object is asked for, encoded as it is sent and signed; without a key the bucket itself. Without a query. */
export function objectUrl(place: BucketPlace, key: string | undefined): URL {
  const { bucket, addressing } = place;
  const base = endpointOf(place);
  const how = isHostName(bucket)
    ? (addressing ?? (isAws(base) && isHostLabel(bucket) ? "virtual-host" : "path"))
    : "path";
  const below = base.pathname.replace(/\/+$/, "");
  const path = key === undefined ? "" : `/${key.split("/").map(encodeStrictly).join("/")}`;
  return how === "path"
    ? new URL(`${base.origin}${below}/${encodeStrictly(bucket)}${path}`)
    : new URL(`${base.protocol}//${bucket}.${base.host}${below}${path}`);
}

/**
 * Of AWS, each region has its own host; wherever a bucket turns out to be, it is asked for below the domain that was meant.
 * A server of another vendor stays where it is, whatever its region is called.
 */
function endpointOf({ endpoint, region }: BucketPlace): URL {
  if (endpoint === undefined) return new URL(`https://${regionalHost(region)}`);
  const known = regionOfHost(endpoint.hostname);
  if (known === undefined || known === region) return endpoint;
  const port = endpoint.port === "" ? "" : `:${endpoint.port}`;
  return new URL(`${endpoint.protocol}//${regionalHost(region)}${port}${endpoint.pathname}`);
}

function regionalHost(region: string): string {
  return `s3.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`;
}

/** Of AWS's plain endpoints: `s3.us-west-2.amazonaws.com`, `s3-us-west-2.amazonaws.com`; `us-east-1` of `s3.amazonaws.com`. */
export function regionOfHost(host: string): string | undefined {
  const [whole, region] = regionalEndpoint.exec(host.toLowerCase()) ?? [];
  return whole === undefined ? undefined : (region ?? "us-east-1");
}

/** Others (accelerated, dual-stack, FIPS, of a VPC) are kept as they were given. */
const regionalEndpoint = /(?:^|\.)s3(?:[.-]([a-z]{2,4}(?:-[a-z]+)+-\d+))?\.amazonaws\.com(?:\.cn)?$/;

function isAws({ hostname }: URL): boolean {
  return /(?:^|\.)amazonaws\.com(?:\.cn)?$/.test(hostname);
}

/** A dot would be one label more than a certificate is for. */
function isHostLabel(bucket: string): boolean {
  return /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(bucket);
}

/** Hosts know no upper case: `My_Models` would become another bucket. */
function isHostName(bucket: string): boolean {
  return /^[a-z0-9.-]+$/.test(bucket);
}
