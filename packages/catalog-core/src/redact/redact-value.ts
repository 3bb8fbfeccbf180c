import { isNativeError } from "node:util/types";
import { placeholder } from "./placeholder.ts";
import { redactText } from "./redact.ts";
import { isSecretKey, isSecretName, isSecretParam } from "./secret-params.ts";

/**
 * A deep copy without secrets: every string is redacted, and what stands under a secret key is replaced whole.
 * Meant for plain, JSON-like data. Maps, sets, dates, errors, shared parts and cycles are kept; other objects become
 * plain ones (a `URL` its text), and accessors are left out, because reading one runs foreign code.
 */
export function redactValue<T>(value: T): T;
export function redactValue(value: unknown): unknown {
  return new Redaction().copy(value, false);
}

/**
 * What may stand as the `cause` of an error. A cause that holds no secret is returned as it is; else a stand-in with
 * the same name, code and fields, its message, stack and own causes redacted.
 */
export function redactCause(cause: unknown): unknown {
  const redaction = new Redaction();
  const copy = redaction.copy(cause, false);
  return redaction.hasHidden ? copy : cause;
}

/** One walk over one value. */
class Redaction {
  /** Whether anything was replaced. */
  hasHidden = false;
  /** Copies by original, apart for what stands under a secret key: the same object may stand in both places. */
  readonly #open = new Map<object, unknown>();
  readonly #secret = new Map<object, unknown>();

  copy(value: unknown, secret: boolean): unknown {
    if (typeof value === "string") return this.#text(value, secret);
    if (typeof value === "number" || typeof value === "bigint") return secret ? this.#text(`${value}`, true) : value;
    if (typeof value !== "object" || value === null) return value;
    const copies = secret ? this.#secret : this.#open;
    if (!copies.has(value)) this.#object(value, secret, copies);
    return copies.get(value);
  }

  #text(text: string, secret: boolean): string {
    const redacted = secret && text !== "" ? placeholder : redactText(text);
    if (redacted !== text) this.hasHidden = true;
    return redacted;
  }

  /** The copy is recorded before its parts are made, which is what closes a cycle. */
  #object(value: object, secret: boolean, copies: Map<object, unknown>): void {
    const record = <C>(copy: C): C => {
      copies.set(value, copy);
      return copy;
    };
    if (isError(value)) this.#error(value, secret, record(new Error()));
    else if (Array.isArray(value)) this.#array(value, secret, record([]));
    else if (value instanceof Map) this.#map(value, secret, record(new Map()));
    else if (value instanceof Set) this.#set(value, secret, record(new Set()));
    else if (value instanceof Date) record(new Date(value));
    else if (isPlain(value)) this.#fields(value, secret, record({}));
    else if (value instanceof URL) record(this.#text(value.href, secret));
    else if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) record(this.#bytes(value));
    else if (value instanceof URLSearchParams) this.#params(value, secret, record({}));
    else if (value instanceof Headers) record(this.copy(Object.fromEntries(value), secret));
    else this.#fields(value, secret, record({}));
  }

  #array(value: readonly unknown[], secret: boolean, copy: unknown[]): void {
    for (const [index, item] of value.entries()) copy.push(this.copy(item, secret || isAfterName(value, index)));
  }

  #set(value: ReadonlySet<unknown>, secret: boolean, copy: Set<unknown>): void {
    for (const item of value) copy.add(this.copy(item, secret));
  }

  #map(value: ReadonlyMap<unknown, unknown>, secret: boolean, copy: Map<unknown, unknown>): void {
    for (const [key, item] of value) {
      copy.set(this.copy(key, false), this.copy(item, secret || (typeof key === "string" && isSecretKey(key))));
    }
  }

  #params(value: URLSearchParams, secret: boolean, copy: object): void {
    for (const [name, item] of value)
      this.#field(copy, name, { value: item, enumerable: true }, secret || isSecretParam(name));
  }

  /** Bytes may be a text that holds a secret, in any encoding. */
  #bytes({ byteLength }: { readonly byteLength: number }): string {
    this.hasHidden = true;
    return `[${byteLength} bytes]`;
  }

  #fields(value: object, secret: boolean, copy: object): void {
    const hasSecretValue = isNamedSecret(value);
    for (const key of Reflect.ownKeys(value)) {
      const property = Object.getOwnPropertyDescriptor(value, key);
      if (property === undefined || !("value" in property) || !property.enumerable) continue;
      this.#field(copy, key, property, secret || (key === "value" && hasSecretValue));
    }
  }

  /** All own fields, hidden ones too: `cause`, `errors`, and the brand that recognises a `ModelError`. */
  #error(value: Error, secret: boolean, copy: Error): void {
    const inherited = ["name", "message", "code"].filter((key) => key in value && !Object.hasOwn(value, key));
    for (const key of inherited) {
      const inheritedValue: unknown = Reflect.get(value, key);
      this.#field(copy, key, { value: inheritedValue }, secret);
    }
    this.#field(copy, "stack", { value: value.stack }, secret);
    for (const key of Reflect.ownKeys(value)) {
      const property = Object.getOwnPropertyDescriptor(value, key);
      if (key !== "stack" && property !== undefined && "value" in property) this.#field(copy, key, property, secret);
    }
  }

  #field(copy: object, key: string | symbol, property: PropertyDescriptor, secret: boolean): void {
    const isSecret = secret || (typeof key === "string" && isSecretKey(key));
    const name = typeof key === "string" ? this.#text(key, false) : key;
    const value = this.copy(property.value, isSecret);
    Object.defineProperty(copy, name, {
      value,
      enumerable: property.enumerable ?? false,
      configurable: true,
      writable: true,
    });
  }
}

/** Whether an item follows its secret name: in `[name, value]`, in a list of raw headers, after an option of a command. */
function isAfterName(items: readonly unknown[], index: number): boolean {
  const name: unknown = index === 0 ? undefined : items[index - 1];
  return typeof name === "string" && (index % 2 === 1 || name.startsWith("-")) && isWord(name) && isSecretName(name);
}

/** `{ name: "token", value: … }`. No accessor is run. */
function isNamedSecret(value: object): boolean {
  return ["name", "key", "header"].some((key) => {
    const name: unknown = Object.getOwnPropertyDescriptor(value, key)?.value;
    return typeof name === "string" && isWord(name) && isSecretKey(name);
  });
}

function isWord(text: string): boolean {
  return /^[\w.-]{1,64}$/.test(text);
}

/** Asked first, because naming `Headers` makes Node load its whole HTTP client. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** `isNativeError` knows errors of another realm, `instanceof` knows `DOMException`. */
function isError(value: object): value is Error {
  return isNativeError(value) || value instanceof Error;
}
