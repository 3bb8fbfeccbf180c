import { redactText } from "../redact/redact.ts";
import { redactCause, redactValue } from "../redact/redact-value.ts";

/**
 * What kind of failure a code stands for. The kinds are few and fixed, the codes are many and belong to
 * their packages: so a new fetcher brings new codes, and exit codes and fallbacks still know what to do.
 *
 * - `usage`: the caller's input is wrong; the same call can never succeed.
 * - `not-found`: there is no such model, file, revision or record (or it is private and the source does not tell).
 * - `digest-mismatch`: bytes are not the ones that were asked for.
 * - `cannot-serve`: this fetcher cannot serve the reference at all (no fetcher, tool absent, form not supported).
 *   The only category that {@link fallback} acts on.
 * - `network`: the source could not be reached, or broke off.
 * - `not-allowed`: authentication, gating, permissions, or a policy of the caller.
 * - `no-space`: the disk is full, or would be.
 * - `other`: everything else.
 */
export type ErrorCategory =
  | "usage"
  | "not-found"
  | "digest-mismatch"
  | "cannot-serve"
  | "network"
  | "not-allowed"
  | "no-space"
  | "other";

/** Typed facts of an error: `expected`, `actual`, `path`, `status`, … JSON values only; redacted on construction. */
export type ErrorFacts = Readonly<Record<string, unknown>>;

export interface ModelErrorInit {
  /** One sentence that names the subject. */
  readonly message: string;
  /** One sentence that says what to do now. */
  readonly hint: string;
  readonly facts?: ErrorFacts | undefined;
  readonly cause?: unknown;
}

/** The brand is global, so that errors are recognised across duplicate copies of this package. */
const brand = Symbol.for("@llama-orch/catalog-core/model-error");

/** The one base of every error of this system. `message`, `hint`, `facts` and `cause` never hold a secret. */
export class ModelError<Code extends string = string> extends Error {
  override readonly name = "ModelError";
  readonly code: Code;
  readonly category: ErrorCategory;
  readonly hint: string;
  readonly facts: ErrorFacts;

  constructor(code: Code, category: ErrorCategory, init: ModelErrorInit) {
    super(redactText(init.message), init.cause === undefined ? undefined : { cause: redactCause(init.cause) });
    Object.defineProperty(this, brand, { value: true });
    this.code = code;
    this.category = category;
    this.hint = redactText(init.hint);
    this.facts = Object.freeze(redactValue(init.facts ?? {}));
  }

  toJSON(): { code: Code; category: ErrorCategory; message: string; hint: string; facts: ErrorFacts } {
    return { code: this.code, category: this.category, message: this.message, hint: this.hint, facts: this.facts };
  }
}

/** Whether a value is an error of this system, of any copy of this package; with `code`, of that code. */
export function isModelError<Code extends string = string>(value: unknown, code?: Code): value is ModelError<Code> {
  if (typeof value !== "object" || value === null || !(brand in value) || value[brand] !== true) return false;
  return code === undefined || ("code" in value && value.code === code);
}

/** Makes the errors of one package: its codes are a closed union. */
export type ErrorFactory<Codes extends string> = <Code extends Codes>(
  code: Code,
  init: ModelErrorInit,
) => ModelError<Code>;

/**
 * The error constructor of one package: every code has its category.
 *
 * @example
 * type FileErrorCode = "FILE_NOT_FOUND" | "FILE_DENIED";
 * const fileError: ErrorFactory<FileErrorCode> = errorFactory({ FILE_NOT_FOUND: "not-found", FILE_DENIED: "not-allowed" });
 * throw fileError("FILE_NOT_FOUND", { message: "…", hint: "…" });
 */
export function errorFactory<Codes extends string>(
  categories: Readonly<Record<Codes, ErrorCategory>>,
): ErrorFactory<Codes> {
  return (code, init) => new ModelError(code, categories[code], init);
}
