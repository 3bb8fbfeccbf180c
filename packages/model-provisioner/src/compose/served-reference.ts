/**
 * The type of a reference argument: the reference itself when some fetcher serves it, else a sentence that says none
 * does, which is what the compiler then prints:
 *
 *     Argument of type '"s3://b/k"' is not assignable to parameter of type '"no fetcher serves 's3:'"'.
 *
 * Text whose scheme the compiler cannot see (a `string`, a template with a dynamic scheme) passes, and is checked at run time.
 */
export type ServedReference<Reference extends string, Schemes extends string> = [SchemeOfText<Reference>] extends [
  never,
]
  ? Reference
  : [SchemeOfText<Reference>] extends [Schemes]
    ? Reference
    : `no fetcher serves '${SchemeOfText<Reference>}:'`;

/** The scheme of a reference, as `parseModelRef` reads it; `never` where only the run time can tell. */
export type SchemeOfText<Reference extends string> = Reference extends `${infer Head}:${string}`
  ? IsDynamic<Head> extends true
    ? PathBefore<Head>
    : SchemeOrPath<Head>
  : IsDynamic<Reference> extends true
    ? PathBefore<Reference>
    : "file";

/** What stands before a colon is a scheme, unless it is a Windows drive (one letter) or holds what no scheme does. */
type SchemeOrPath<Head extends string> = Head extends `${string}${"/" | "\\" | " " | "~"}${string}` | `.${string}`
  ? "file"
  : Head extends `${string}${infer Rest}`
    ? Rest extends ""
      ? "file"
      : Lowercase<Head>
    : "file";

/** Text with a dynamic part is a path for certain when a slash comes first: a colon behind it starts no scheme. */
type PathBefore<Text extends string> = Text extends `${infer Head}/${string}`
  ? IsDynamic<Head> extends true
    ? never
    : "file"
  : never;

/** A literal is a required key of the record; `string` and templates with dynamic parts make an index signature. */
type IsDynamic<Text extends string> = Record<never, never> extends Record<Text, 1> ? true : false;
