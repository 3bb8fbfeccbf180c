/** What `work` comes to, or a rejection with `signal.reason`, whichever is first. Leaves no listener behind. */
export async function orAbort<T>(work: () => Promise<T> | T, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const settled = new AbortController();
  const aborted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true, signal: settled.signal });
  });
  try {
    return await Promise.race([(async () => work())(), aborted]);
  } finally {
    settled.abort();
  }
}
