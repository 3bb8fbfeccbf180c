import { fileErrorFrom } from "@llama-orch/catalog-core";

/** For the `catch` of a promise of the file system: rejects with the typed error. */
export function writeFailure(path: string): (cause: unknown) => never {
  return (cause) => {
    throw fileErrorFrom(cause, path, "write");
  };
}
