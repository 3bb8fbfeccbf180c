/** An absolute path taken apart. Recognised by its text alone, whatever platform runs. */
export interface AbsolutePath {
  readonly root: PathRoot;
  readonly segments: readonly string[];
}

export type PathRoot =
  | { readonly form: "posix" }
  /** `C:\`; upper-case letter. */
  | { readonly form: "drive"; readonly letter: string }
  /** `\\server\share\`; lower-case server. */
  | { readonly form: "unc"; readonly server: string; readonly share: string };

/** The path that `text` leads to from `base`. Lexical: `.`, `..` and empty segments are resolved, links are not. */
export function resolvePath(base: AbsolutePath, text: string): AbsolutePath {
  const segments = [...base.segments];
  for (const segment of text.split(separatorOf(base.root))) {
    if (segment === "..") segments.pop();
    else if (segment !== "" && segment !== ".") segments.push(segment);
  }
  return { root: base.root, segments };
}

/** In POSIX paths a backslash is an ordinary character. */
export function separatorOf(root: PathRoot): RegExp {
  return root.form === "posix" ? /\// : /[\\/]/;
}

export function formatPath({ root, segments }: AbsolutePath): string {
  if (root.form === "posix") return `/${segments.join("/")}`;
  const start = root.form === "drive" ? `${root.letter}:\\` : `\\\\${root.server}\\${root.share}\\`;
  return start + segments.join("\\");
}

/** Takes a path apart that {@link formatPath} has printed. */
export function splitPath(path: string): AbsolutePath {
  const drive = /^([A-Z]):\\/.exec(path);
  if (drive?.[1] !== undefined) {
    return resolvePath({ root: { form: "drive", letter: drive[1] }, segments: [] }, path.slice(3));
  }
  const unc = /^\\\\([^\\]+)\\([^\\]+)\\?/.exec(path);
  if (unc?.[1] !== undefined && unc[2] !== undefined) {
    return resolvePath(
      { root: { form: "unc", server: unc[1], share: unc[2] }, segments: [] },
      path.slice(unc[0].length),
    );
  }
  return resolvePath({ root: { form: "posix" }, segments: [] }, path);
}
