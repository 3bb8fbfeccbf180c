/** The word that a slip of the fingers would have made of `written`; undefined when none is near enough to be meant. */
export function closestWord(written: string, words: readonly string[]): string | undefined {
  const allowed = Math.max(1, Math.floor(written.length / 3));
  const [best] = words
    .map((word) => ({ word, distance: distance(written, word) }))
    .filter((candidate) => candidate.distance <= allowed)
    .sort((a, b) => a.distance - b.distance);
  return best?.word;
}

/** Letters to insert, delete, replace, or swap with their neighbour (the optimal string alignment distance). */
function distance(from: string, to: string): number {
  const table: number[][] = [];
  const at = (i: number, j: number): number => table[i]?.[j] ?? Math.max(i, j);
  for (let i = 1; i <= from.length; i += 1) {
    const row: number[] = (table[i] = [i]);
    for (let j = 1; j <= to.length; j += 1) {
      const replaced = at(i - 1, j - 1) + (from[i - 1] === to[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      const swapped = isSwap ? at(i - 2, j - 2) + 1 : replaced;
      row[j] = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, replaced, swapped);
    }
  }
  return at(from.length, to.length);
}
