import type { Environment } from "./environment.ts";

/** A file in which logins for registries are kept. Nothing in it is secret. */
export interface LoginFile {
  readonly path: string;
  /** For which there is an entry, by the names that the file has for them. */
  readonly registries: readonly string[];
  /** Credential helpers that it names, as the programs that are run (`docker-credential-…`). */
  readonly helpers: readonly string[];
}

/**
 * The files that are looked into when a registry wants to know who asks, in their order. Asks nobody, and runs nothing.
 * @throws ModelError `OCI_CREDENTIALS_FAILED` for one that cannot be read
 */
export async function inspectLogins(env: Environment): Promise<readonly LoginFile[]> {
  const { readAuthFiles } = await import("./auth-files.ts");
  const files = await readAuthFiles(env);
  return files.map(({ path, auths, credHelpers, credsStore }) => {
    const names = [...Object.values(credHelpers), ...(credsStore === undefined ? [] : [credsStore])];
    return {
      path,
      registries: [...new Set([...Object.keys(auths), ...Object.keys(credHelpers)])],
      helpers: [...new Set(names)].map((name) => `docker-credential-${name}`),
    };
  });
}
