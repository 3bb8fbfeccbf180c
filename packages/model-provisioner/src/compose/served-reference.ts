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

/**
 * The scheme of a reference, as `parseModelRef` reads it; `never` where only the run time can tell.
 * One letter before the colon is a Windows drive, and a text without a colon a path: both are `file`.
 */
export type SchemeOfText<Reference extends string> = string extends Reference
  ? never
  : Reference extends `${infer Scheme}:${string}`
    ? string extends Scheme
      ? never
      : Scheme extends `${string}${"/" | "\\" | " " | "~"}${string}` | `.${string}`
        ? "file"
        : Scheme extends `${infer Letter}${infer Rest}`
          ? Rest extends ""
            ? "file"
            : KnownScheme<Lowercase<`${Letter}${Rest}`>>
          : never
    : Reference extends `${infer First}${infer _Rest}`
      ? string extends First
        ? never
        : LiteralOrUnknown<Reference>
      : never;

/** A template that is dynamic in its first part has no scheme to see. */
type KnownScheme<Scheme extends string> = string extends Scheme ? never : Scheme;

/** A literal without a colon is a path; a template without one may still bring it at run time. */
type LiteralOrUnknown<Text extends string> = Record<Text, 1> extends Record<string, 1> ? "file" : never;
