export { type FoundRealS3, realS3, version } from "./real-s3.ts";
export { clientOf, type S3Server, seed, type SeededObject, type SeedObject, type SeedOptions } from "./seed.ts";
export { type RealS3, type RealS3Options, startRealS3 } from "./start-real-s3.ts";
