import { chmod, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Base64, as `docker login` writes it. */
export function basicAuth(username: string, password: string): string {
  return Buffer.from(`${username}:${password}`).toString("base64");
}

/** Writes docker's `config.json` of a home, in place of the one that is there. */
export async function writeDockerConfig(home: string, document: object | string): Promise<string> {
  return writeAuthFile(join(home, ".docker/config.json"), document);
}

export async function writeAuthFile(path: string, document: object | string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, typeof document === "string" ? document : JSON.stringify(document));
  return path;
}

/**
 * Puts a credential helper into the `bin` of a home.
 * @param script of a shell: what it writes is its answer.
 * @returns a PATH with it.
 */
export async function installHelper(home: string, name: string, script: string): Promise<string> {
  const path = join(home, "bin", `docker-credential-${name}`);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return `${dirname(path)}:/usr/bin:/bin`;
}
