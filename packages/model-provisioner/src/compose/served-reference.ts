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

/**
 * What stands before a colon is a scheme when it is a letter and at least one more letter, digit, `+`, `-` or dot:
 * one letter is a Windows drive, and whatever holds anything else is a path.
 */
type SchemeOrPath<Head extends string> = Head extends `${infer First}${infer Rest}`
  ? [Rest extends "" ? false : true, OnlyOf<First, Letters>, OnlyOf<Rest, SchemeCharacters>] extends [true, true, true]
    ? Lowercase<Head>
    : "file"
  : "file";

type Letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
type SchemeCharacters = `${Letters}0123456789+.-`;

/** Goes character by character and ends at the first that is not allowed. */
type OnlyOf<Text extends string, Allowed extends string> = Text extends `${infer Character}${infer Rest}`
  ? Allowed extends `${string}${Character}${string}`
    ? OnlyOf<Rest, Allowed>
    : false
  : true;

/** Text with a dynamic part is a path for certain when a slash comes first: a colon behind it starts no scheme. */
type PathBefore<Text extends string> = Text extends `${infer Head}/${string}`
  ? IsDynamic<Head> extends true
    ? never
    : "file"
  : never;

/** A literal is a required key of the record; `string` and templates with dynamic parts make an index signature. */
type IsDynamic<Text extends string> = Record<never, never> extends Record<Text, 1> ? true : false;
