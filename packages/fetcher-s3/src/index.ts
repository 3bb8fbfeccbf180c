export type { S3Credentials } from "./aws/credentials.ts";
export { type S3ErrorCode } from "./errors.ts";
export { S3Fetcher, s3Fetcher } from "./s3-fetcher.ts";
export { type Addressing, type S3FetcherOptions } from "./s3-fetcher-options.ts";
export { normalizeS3Locator } from "./reference/s3-location.ts";
export { inspectS3, type S3Inspection } from "./aws/inspect-s3.ts";
