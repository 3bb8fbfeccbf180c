import { readFile } from "node:fs/promises";
import { inspect } from "node:util";
import { directoryDigest, isModelError, type Logger } from "@llama-orch/catalog-core";
import { createProvisioner, type ProvisionEvent } from "@llama-orch/model-provisioner";
import { expect, test } from "vitest";
import { digestOf, kitopsModel, modelPackModel } from "../../../tools/test-registry/src/index.ts";
import { ociFetcher } from "./oci-fetcher.ts";
import { basicAuth, writeDockerConfig } from "./testing/log-in.ts";
import { everythingIn, openSetting, visibleFiles } from "./testing/setting.ts";

const weights = { sizeBytes: 300_000, seed: "weights" };
const files = { "config.json": Buffer.from("{}"), "model.gguf": weights };

test("a file with the caller's digest is verified, and a wrong one keeps it from being seen", async () => {
  await using setting = await openSetting();
  setting.registry.pushArtifact("org/model", "v1", modelPackModel({ "model.gguf": weights }));
  await expect(setting.ensure("org/model:v1", `sha256:${"0".repeat(64)}`)).rejects.toMatchObject({
    code: "DIGEST_MISMATCH",
  });
  expect(await visibleFiles(setting.cacheDir)).toEqual([]);
  expect((await setting.ensure("org/model:v1", digestOf(weights))).report.trust).toBe("verified");
});

test.for([
  ["layers", modelPackModel(files)],
  ["archives", kitopsModel(files)],
] as const)("the digest of a folder is compared, whether it comes in %s", async ([, artifact]) => {
  const digest = directoryDigest(Object.entries(files).map(([path, content]) => ({ path, digest: digestOf(content) })));
  await using setting = await openSetting();
  setting.registry.pushArtifact("org/model", "v1", artifact);
  await expect(setting.ensure("org/model:v1", `sha256:${"0".repeat(64)}`)).rejects.toMatchObject({
    code: "DIGEST_MISMATCH",
  });
  expect(await visibleFiles(setting.cacheDir)).toEqual([]);
  expect((await setting.ensure("org/model:v1", digest)).report.trust).toBe("verified");
});

test("what happens is told, in its order, with the source and without logins", async () => {
  await using setting = await openSetting();
  setting.registry.pushArtifact("org/model", "v1", modelPackModel(files));
  await setting.ensure("org/model:v1");
  const types = [...new Set(setting.events.map(({ type }) => type))];
  expect(types.indexOf("fetch-started")).toBeLessThan(types.indexOf("fetch-progress"));
  expect(types.indexOf("fetch-progress")).toBeLessThan(types.indexOf("fetch-finished"));
  expect(setting.events).toContainEqual(
    expect.objectContaining({
      type: "fetch-started",
      fetcher: "fetcher-oci",
      source: `oci://${setting.registry.host}/org/model`,
    }),
  );
});

const password = "password-0123456789";
const identity = "identity-0123456789";

test.for([
  ["a password", { auth: basicAuth("reader", password) }],
  ["an identity token", { identitytoken: identity }],
] as const)("no secret is in anything that a run leaves behind: %s", async ([, entry]) => {
  await using setting = await openSetting(
    {},
    {
      auth: { type: "bearer", users: { reader: password }, identityTokens: { [identity]: "reader" } },
      blobsAt: "other-host",
    },
  );
  const { registry } = setting;
  registry.pushArtifact("org/model", "v1", modelPackModel(files));
  registry.pushArtifact("org/broken", "v1", modelPackModel({ "broken.gguf": { ...weights, seed: "broken" } }));
  await writeDockerConfig(setting.home, { auths: { [registry.host]: entry } });
  const told: unknown[] = [];
  const tell = (...all: readonly unknown[]): void => void told.push(...all);
  const logger: Logger = { debug: tell, info: tell, warn: tell, error: tell };
  const provisioner = createProvisioner({
    cacheDir: setting.cacheDir,
    fetchers: [ociFetcher({ env: { HOME: setting.home }, maxRetries: 1, baseDelayMs: 0 })],
    onEvent: (event: ProvisionEvent) => tell(event),
    logger,
  });
  const ensure = async (name: string): Promise<void> => {
    try {
      tell(await provisioner.ensurePresentStr(`oci://${registry.host}/${name}`));
    } catch (error) {
      tell(error, error instanceof Error ? error.stack : "", isModelError(error) ? error.cause : "");
    }
  };
  await ensure("org/model:v1");
  await ensure("org/model:absent");
  const broken = registry.blobStore.inject({ kind: "status", status: 403 });
  await ensure("org/broken:v1");
  broken.withdraw();
  registry.blobStore.inject({ kind: "cut", afterBytes: 1_000 });
  await ensure("org/broken:v1");
  registry.revokeTokens();
  registry.tokenServer.lie("line-break-in-token");
  await ensure("org/model:other");
  await writeDockerConfig(setting.home, {
    auths: { [registry.host]: { auth: basicAuth("reader", `${password}-wrong`) } },
  });
  registry.tokenServer.lie(undefined);
  await ensure("org/none:v1");
  const left = [await everythingIn(setting.cacheDir), inspect(told, { depth: 20 }), JSON.stringify(told)].join("\n");
  const bearers = registry.requests.flatMap(({ headers }) => headers["authorization"]?.split(" ")[1] ?? []);
  const signatures = registry.requests.flatMap(({ path }) => /Signature=([0-9a-f]+)/.exec(path)?.[1] ?? []);
  expect([bearers.length > 3, signatures.length > 2]).toEqual([true, true]);
  for (const secret of [password, identity, ...bearers, ...signatures]) expect(left.includes(secret)).toBe(false);
  expect(left).toContain("OCI_CREDENTIALS_REFUSED");
  expect(await readFile(`${setting.home}/.docker/config.json`, "utf8")).toContain("auths");
});
