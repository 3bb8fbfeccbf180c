import { assertSpace, fileError, fileErrorFrom, freeSpace, systemCode } from "@llama-orch/catalog-core";

/** What one arrival has still to write, in all its files. */
export class SpaceNeeded {
  readonly #folder: string;
  #bytes: number;

  /** @param folder absolute path, on the file system that is written to. */
  constructor(folder: string, bytes: number) {
    this.#folder = folder;
    this.#bytes = bytes;
  }

  /** Some of it is written, or need not be. */
  settle(bytes: number): void {
    this.#bytes -= bytes;
  }

  /** @throws ModelError `FILE_NO_SPACE` */
  assert(): Promise<void> {
    return assertSpace(this.#folder, { neededBytes: this.#bytes });
  }

  /** For the `catch` of a promise that writes: rejects with the typed error, which says how much is missing where that is why. */
  failure(path: string): (cause: unknown) => Promise<never> {
    return async (cause) => {
      const code = systemCode(cause);
      throw code === "ENOSPC" || code === "EDQUOT"
        ? await this.#noSpace(path, code, cause)
        : fileErrorFrom(cause, path, "write");
    };
  }

  /** Somebody else filled the disk meanwhile, or this user's share of it is smaller than what is free. */
  async #noSpace(path: string, code: string, cause: unknown): Promise<Error> {
    const neededBytes = this.#bytes;
    const freeBytes = await freeSpace(this.#folder);
    return fileError("FILE_NO_SPACE", {
      message: `${neededBytes} more bytes are needed at ${this.#folder}, and ${freeBytes ?? "too few"} are free: ${path} could not be written (${code}).`,
      hint: "Free some space on this file system (`model-provisioner gc` may), or choose a cache folder on another one. What was copied is kept.",
      facts: { path, systemCode: code, neededBytes, ...(freeBytes === undefined ? {} : { freeBytes }) },
      cause,
    });
  }
}
