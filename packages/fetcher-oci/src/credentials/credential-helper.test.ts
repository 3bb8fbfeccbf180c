import { access, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test, vi } from "vitest";
import { modelPackModel } from "../../../../tools/test-registry/src/index.ts";
import { createProvisioner } from "@llama-orch/model-provisioner";
import { ociFetcher } from "../oci-fetcher.ts";
import { basicAuth, installHelper, writeDockerConfig } from "../testing/log-in.ts";
import { openSetting } from "../testing/setting.ts";

const password = "password-0123456789";
const right = JSON.stringify({ ServerURL: "x", Username: "reader", Secret: password });

/** @param script what the helper `test` does; absent: there is none. */
async function ensureWith(
  config: (host: string) => object,
  script: string | undefined,
  signal?: AbortSignal,
): Promise<string> {
  const setting = await openSetting(
    {},
    {
      auth: { type: "bearer", users: { reader: password }, identityTokens: { [password]: "reader" } },
    },
  );
  try {
    setting.registry.pushArtifact("org/model", "v1", modelPackModel({ "model.gguf": Buffer.from("weights") }));
    await writeDockerConfig(setting.home, config(setting.registry.host));
    const path = await installHelper(setting.home, script === undefined ? "other" : "test", script ?? "");
    const fetchers = [ociFetcher({ env: { HOME: setting.home, PATH: path } })] as const;
    const provisioner = createProvisioner({ cacheDir: setting.cacheDir, fetchers });
    const at = `oci://${setting.registry.host}/org/model:v1` as const;
    const { report } = await provisioner.ensurePresentStr(at, undefined, signal === undefined ? {} : { signal });
    return report.trust;
  } finally {
    await setting[Symbol.asyncDispose]();
  }
}

const forHost = (host: string): object => ({ credHelpers: { [host]: "test" } });

// The helpers are scripts with a `#!` line, which Windows does not run.
const isWindows = process.platform === "win32";

test.skipIf(isWindows).for<readonly [string, (host: string) => object, string]>([
  ["for this registry", forHost, `test "$1" = get || exit 1; cat >/dev/null; echo '${right}'`],
  ["for all", () => ({ credsStore: "test" }), `cat >/dev/null; echo '${right}'`],
  ["that is told the registry", forHost, `read -r host; case $host in 127.0.0.1:*) echo '${right}';; *) exit 1;; esac`],
  ["with an identity token", forHost, `cat >/dev/null; echo '{"Username":"<token>","Secret":"${password}"}'`],
  [
    "that has none, and the file has",
    (host) => ({ credsStore: "test", auths: { [host]: { auth: basicAuth("reader", password) } } }),
    "echo 'credentials not found in native keychain'; exit 1",
  ],
  [
    "that is switched off for this registry",
    (host) => ({
      credsStore: "test",
      credHelpers: { [host]: "" },
      auths: { [host]: { auth: basicAuth("reader", password) } },
    }),
    "exit 1",
  ],
])("a helper %s", async ([, config, script]) => {
  expect(await ensureWith(config, script)).toBe("upstream");
});

test.skipIf(isWindows).for<readonly [string, string, string | undefined]>([
  ["is not installed", "test", undefined],
  ["fails", "test", `echo '${password}' >&2; echo '${password}'; exit 1`],
  ["says no JSON", "test", `echo 'secret is ${password}'`],
  ["says other JSON", "test", `echo '["${password}"]'`],
  ["never stops talking", "test", "exec cat /dev/zero"],
  ["is a path", "../bin/docker-credential-test", `echo '${right}'`],
  ["has an option for a name", "-rf", `echo '${right}'`],
])("a helper that %s: its name, and nothing that it said", async ([, name, script]) => {
  const failure: unknown = await ensureWith((host) => ({ credHelpers: { [host]: name } }), script).catch(
    (error: unknown) => error,
  );
  expect(failure).toMatchObject({ code: "OCI_CREDENTIALS_FAILED", facts: { from: `docker-credential-${name}` } });
  expect(String(failure instanceof Error ? failure.stack : "")).not.toContain(password);
  expect(JSON.stringify(failure)).not.toContain(password);
});

test.skipIf(isWindows)("nothing is found: nobody is logged in", async () => {
  const script = "echo 'credentials not found in native keychain'; exit 1";
  await expect(ensureWith(forHost, script)).rejects.toMatchObject({ code: "OCI_CREDENTIALS_MISSING" });
});

test.skipIf(isWindows)("a helper that hangs is ended when the call is", async () => {
  const controller = new AbortController();
  const reason = new Error("enough");
  const started = join(await mkdtemp(join(tmpdir(), "helper-")), "started");
  const ensuring = ensureWith(forHost, `: >'${started}'; exec sleep 100`, controller.signal);
  const ended = ensuring.catch((error: unknown) => error);
  await vi.waitFor(() => access(started), { timeout: 10_000 });
  controller.abort(reason);
  expect(await ended).toBe(reason);
  await rm(dirname(started), { recursive: true });
});
