/** How many bytes have come when it is more than so many; then the rest is given up. */
export async function bytesUpTo(limit: number, { body }: Response): Promise<number> {
  let received = 0;
  const reader = body?.getReader();
  while (reader !== undefined && received <= limit) {
    const { value, done } = await reader.read();
    if (done) break;
    received += value instanceof Uint8Array ? value.length : 0;
  }
  await reader?.cancel();
  return received;
}
