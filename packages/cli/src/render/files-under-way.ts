import { printable } from "./printable.ts";
import { attemptText, extentText, type FileProgress, type Progress } from "./progress.ts";
import { textWidth, truncateStart } from "./width.ts";

/** A file whose end nobody knows has ended when nothing was heard of it for so long. */
const silentMs = 2_000;

interface FileUnderWay extends FileProgress {
  readonly atMs: number;
}

/** The files of one fetch that have begun and not ended, in the order in which they began. */
export class FilesUnderWay {
  readonly #files = new Map<string, FileUnderWay>();

  /** @param atMs of a clock that never goes back. */
  follow({ path, file }: Progress, atMs: number): void {
    if (file === undefined) return this.#files.clear();
    if (file.doneBytes === file.totalBytes) this.#files.delete(path);
    else this.#files.set(path, { ...file, atMs });
    for (const [each, { totalBytes, atMs: heardMs }] of this.#files) {
      if (totalBytes === null && atMs - heardMs > silentMs) this.#files.delete(each);
    }
  }

  /** Another fetch begins: what the last one left unfinished is not under way. */
  clear(): void {
    this.#files.clear();
  }

  get count(): number {
    return this.#files.size;
  }

  /**
   * A line for each, with the figures below each other, and one for those that there is no room for.
   * @param lines the most that there may be, 1 or more
   * @param columns that each line may take; names are shortened to it, from their beginning: shards differ in their ends.
   */
  text(lines: number, columns: number): readonly string[] {
    const all = [...this.#files];
    const shown = all.length <= lines ? all : all.slice(0, lines - 1);
    const rows = shown.map(([path, file]) => ({ name: printable(path), figures: figuresOf(file) }));
    const widest = Math.max(0, ...rows.map(({ figures }) => textWidth(figures)));
    const room = Math.max(shortestName, columns - widest - indent.length - gap.length);
    const names = rows.map(({ name }) => truncateStart(name, room));
    const nameWidth = Math.max(0, ...names.map(textWidth));
    const text = rows.map(({ figures }, index) => {
      const name = names[index] ?? "";
      return `${indent}${name}${" ".repeat(nameWidth - textWidth(name))}${gap}${figures}`;
    });
    return shown.length === all.length ? text : [...text, `${indent}… and ${all.length - shown.length} more`];
  }
}

const shortestName = 12;
const indent = "  ";
const gap = "  ";

/** `  4 %  2.1 GB of 5.0 GB  try 3`: the percent takes the same place in each line. */
function figuresOf(file: FileProgress): string {
  const [first = "", ...more] = extentText(file);
  return [first.padStart("100 %".length), ...more, ...attemptText(file)].join("  ");
}
