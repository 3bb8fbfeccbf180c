/**
 * Whether a file's mtime proves that later writes will show in it. A write in the same tick of the file system's clock
 * leaves the mtime as it was, so an mtime that young (or in the future, by a server's clock) proves nothing.
 *
 * The tick is read off the mtime itself: FAT keeps 2 s, some network file systems 1 s, and those show as whole
 * seconds; the others tick at least every 10 ms (the kernel's timer), for which 20 ms is allowed here.
 *
 * @param mtimeNs ns since 1970, taken before the reading began.
 * @param readingStartedMs ms since 1970.
 */
export function isSettled(mtimeNs: bigint, readingStartedMs: number): boolean {
  const tickMs = mtimeNs % 1_000_000_000n === 0n ? 2_000n : 20n;
  return BigInt(readingStartedMs) * 1_000_000n - mtimeNs > tickMs * 1_000_000n;
}
