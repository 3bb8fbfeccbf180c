/** The part of a model that `#path` selects: a file by its whole path, or a folder with all below it. */
export interface Selection {
  readonly path?: string | undefined;
}

/** What a file is called in the artifact; nothing if it is not selected. */
export function selectedName(path: string, { path: wanted }: Selection): string | undefined {
  if (wanted === undefined) return path;
  if (path === wanted) return path.slice(path.lastIndexOf("/") + 1);
  return path.startsWith(`${wanted}/`) ? path.slice(wanted.length + 1) : undefined;
}
