export { s3Failure } from "./answers/error-answer.ts";
export { type S3ErrorCode } from "./answers/s3-error.ts";
export { type ChecksumAlgorithm, type ChecksumType } from "./checksums/checksum.ts";
export { crc32, crc32c, crc64nvme } from "./checksums/crc.ts";
export {
  type CredentialsServer,
  type CredentialsServerOptions,
  startCredentialsServer,
} from "./credentials/credentials-server.ts";
export { type ListLie, type ListLieEffect } from "./lists/list-lie.ts";
export { type BucketOptions, type ObjectContent, type ObjectOptions } from "./objects/object-options.ts";
export { lookupLoopback } from "./lookup-loopback.ts";
export { type Endpoint } from "./server-group.ts";
export { type AccessKey, randomKey } from "./signature/access-key.ts";
export { presignedUrl, signedHeaders, type SignOptions } from "./signature/sign.ts";
export { type PutObject, startTestS3, type TestS3, type TestS3Options } from "./test-s3.ts";
