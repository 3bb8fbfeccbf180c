export { type FileHash, fileStat, type HashFileOptions, hashFile } from "./hash-file.ts";
