import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { inspectLogins } from "./inspect-logins.ts";

test("which registries there are logins for is told, and nothing of them", async () => {
  const home = await mkdtemp(join(tmpdir(), "fetcher-oci-"));
  try {
    expect(await inspectLogins({ HOME: home })).toEqual([]);
    const path = join(home, ".docker", "config.json");
    await mkdir(join(home, ".docker"));
    const auth = Buffer.from("user:correct-horse").toString("base64");
    const document = { auths: { "r.example": { auth } }, credHelpers: { "g.example": "x" }, credsStore: "y" };
    await writeFile(path, JSON.stringify(document));
    expect(await inspectLogins({ HOME: home })).toEqual([
      { path, registries: ["r.example", "g.example"], helpers: ["docker-credential-x", "docker-credential-y"] },
    ]);
    await writeFile(path, "{");
    await expect(inspectLogins({ HOME: home })).rejects.toMatchObject({ code: "OCI_CREDENTIALS_FAILED" });
    expect(await inspectLogins({ HOME: home, REGISTRY_AUTH_FILE: join(home, "none.json") })).toEqual([]);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
});
