import { type FoundFile, sumOf } from "../files-below.ts";
import type { References } from "../survey/references.ts";
import type { FoundTree, Survey } from "../survey/survey-cache.ts";
import type { ModelUsage } from "./measure-models.ts";
import { namedFiles } from "./named-files.ts";

/** All in bytes. */
export interface UsageTotals {
  /** On the disk below the cache, each file once: in use, or one of the next four, in which each file counts once as well. */
  readonly managedBytes: number;
  /** In versions of models that no record names, and not in use. */
  readonly supersededBytes: number;
  /** Found damaged and moved aside. */
  readonly damagedBytes: number;
  /** In arrivals, of which some may be abandoned. */
  readonly arrivingBytes: number;
  /** Content that no model has. */
  readonly unreferencedBytes: number;
  /** The sizes of all managed models, as if nothing were shared. */
  readonly referencedBytes: number;
  /** How much less than that they take. */
  readonly sharedSavings: number;
  /** Models that are used in place: not ours. */
  readonly externalBytes: number;
}

export interface Measured {
  readonly references: References;
  readonly models: readonly ModelUsage[];
  /** By the path of the model's folder. */
  readonly unreadable: ReadonlyMap<string, string>;
}

export function measureTotals(survey: Survey, { references, models, unreadable }: Measured): UsageTotals {
  const versions = survey.models.flatMap(({ path, children }) => children.map((tree) => ({ tree, model: path })));
  const isInUse = ({ tree, model }: { readonly tree: FoundTree; readonly model: string }): boolean =>
    unreadable.has(model) || references.usersOf(tree.path).length > 0;
  const filesIn = (trees: readonly FoundTree[]): readonly FoundFile[] => trees.flatMap(({ files }) => files);

  const bytesOf = onceEach();
  const usedBytes = bytesOf(filesIn(versions.filter(isInUse).map(({ tree }) => tree)));
  const supersededBytes = bytesOf(filesIn(versions.map(({ tree }) => tree)));
  const damagedBytes = bytesOf(filesIn(survey.damaged));
  const arrivingBytes = bytesOf(filesIn(survey.ingest));
  const unreferencedBytes = bytesOf(
    survey.shelves.flatMap(({ contents }) => contents).filter(({ type }) => type === "file"),
  );
  const referencedBytes = sumOf(models.filter(({ location }) => location === "managed"));
  const namedBytes = onceEach()(references.entries.flatMap(namedFiles(survey)));
  return {
    managedBytes: usedBytes + supersededBytes + damagedBytes + arrivingBytes + unreferencedBytes,
    supersededBytes,
    damagedBytes,
    arrivingBytes,
    unreferencedBytes,
    referencedBytes,
    sharedSavings: referencedBytes - namedBytes,
    externalBytes: sumOf(models.filter(({ location }) => location === "external")),
  };
}

/** Sums of files, of which each is counted where it is met first, whatever names it is met by. */
function onceEach(): (files: readonly FoundFile[]) => number {
  const counted = new Set<bigint>();
  return (files) => {
    let bytes = 0;
    for (const { inode, sizeBytes } of files) {
      if (!counted.has(inode)) bytes += sizeBytes;
      counted.add(inode);
    }
    return bytes;
  };
}
