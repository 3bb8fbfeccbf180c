export { type FileHash, fileStat, type HashFileOptions, hashFile } from "./hash-file.ts";
export { type GrowingHash, hashGrowingFile, type HashGrowingFileOptions } from "./hash-growing-file.ts";
export { type ChecksumAlgorithm, checksumOf, type ChecksumText } from "./checksum/checksum.ts";
