import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import {
  kitopsModel,
  modelcarImage,
  modelPackModel,
  orasFiles,
  startTestRegistry,
} from "../../../../tools/test-registry/src/index.ts";
import { type Place, test } from "../testing/place.ts";

const weights = Buffer.from("weights");
const files = { "model.gguf": weights, "README.md": Buffer.from("# read me") };
const secret = "Tr0ub4dor-and-3-more";

test("a model of a registry is a path, and the registry is not asked again; a new tag is brought by --refresh", async ({
  place,
}) => {
  await using registry = await startTestRegistry();
  registry.pushArtifact("org/model", "v1", modelPackModel(files));
  const reference = `oci://${registry.host}/org/model:v1`;
  const first = await place.run("ensure", reference, "--json");
  expect(first.exitCode).toBe(0);
  const { localPath, trust } = JSON.parse(first.stdout) as { localPath: string; trust: string };
  expect([await readFile(localPath, "utf8"), trust]).toEqual(["weights", "upstream"]);
  const asked = registry.requests.length;
  expect(await place.run("ensure", reference, "--quiet", "--offline")).toMatchObject({ stdout: `${localPath}\n` });
  expect(registry.requests).toHaveLength(asked);
  registry.pushArtifact("org/model", "v1", modelPackModel({ "model.gguf": Buffer.from("other") }));
  const again = await place.run("ensure", reference, "--quiet", "--refresh");
  expect(await readFile(again.stdout.trimEnd(), "utf8")).toBe("other");
});

test("latest is what no tag means: both names are one model", async ({ place }) => {
  await using registry = await startTestRegistry();
  registry.pushArtifact("org/model", "latest", orasFiles({ "m.gguf": weights }));
  const named = await place.run("ensure", `oci://${registry.host}/org/model:latest`, "--quiet");
  const unnamed = await place.run("ensure", `oci://${registry.host}/org/model`, "--quiet", "--offline");
  expect(unnamed).toEqual(named);
  expect((await place.run("path", `oci://${registry.host}/org/model`)).stdout).toBe(named.stdout);
});

test("a dry run tells the layout and the size; of archives, that the files are not known yet", async ({ place }) => {
  await using registry = await startTestRegistry();
  registry.pushArtifact("org/raw", "v1", modelPackModel(files));
  registry.pushArtifact("org/kit", "v1", kitopsModel(files));
  const raw = await place.run("ensure", `oci://${registry.host}/org/raw:v1`, "--dry-run");
  expect(raw.stdout).toContain(`would be fetched from oci://${registry.host}/org/raw (ModelPack): 2 files, 16 B`);
  const kit = await place.run("ensure", `oci://${registry.host}/org/kit:v1`, "--dry-run", "--json");
  expect(JSON.parse(kit.stdout)).toMatchObject({ layout: "KitOps", sizeBytes: null, kind: "directory" });
  expect(registry.requests.filter(({ path }) => path.includes("/blobs/"))).toEqual([]);
});

test("--platform chooses among images", async ({ place }) => {
  await using registry = await startTestRegistry();
  const platforms = ["linux/s390x", "linux/riscv64"];
  registry.pushArtifact("org/car", "v1", modelcarImage({ "m.gguf": weights }, { platforms }));
  const reference = `oci://${registry.host}/org/car:v1`;
  const asked = await place.run("ensure", reference, "--quiet");
  expect(asked).toMatchObject({ exitCode: 2, stdout: "" });
  expect(asked.stderr).toMatch(/linux\/s390x .*linux\/riscv64 .*\nhint: .*--platform/s);
  expect(await place.run("ensure", reference, "--quiet", "--platform", "linux/s390x")).toMatchObject({ exitCode: 0 });
});

test("a login of docker is used where it is needed; without one, it is said how to log in", async ({ place }) => {
  await using registry = await startTestRegistry({
    auth: { type: "bearer", users: { ada: secret }, anonymous: false },
  });
  registry.pushArtifact("org/model", "v1", orasFiles({ "m.gguf": weights }));
  const reference = `oci://${registry.host}/org/model:v1`;
  const nobody = await place.run("ensure", reference);
  expect(nobody.exitCode).toBe(7);
  expect(nobody.stderr).toContain(`docker login ${registry.host}`);
  await logIn(place, registry.host, `ada:${secret}`);
  const ada = await place.run("ensure", reference, "--log-format", "json");
  expect(ada.exitCode).toBe(0);
  expect(ada.stdout + ada.stderr).not.toContain(secret);
  const doctor = await place.run("doctor", "--offline");
  expect(doctor.stdout).toContain(`oci login    ${join(place.folder, ".docker", "config.json")}: ${registry.host}\n`);
  await logIn(place, registry.host, "ada:wrong-password");
  const wrong = await place.run("ensure", `oci://${registry.host}/org/model:v2`);
  expect(wrong.exitCode).toBe(7);
  expect(wrong.stderr).toContain("does not accept the login of");
  expect(wrong.stderr).not.toContain("wrong-password");
});

test.for([
  ["org/model:v2", 3, "has no tag v2"],
  ["org/absent:v1", 3, "has no repository org/absent"],
  ["org/model:v1#absent.gguf", 3, "It has m.gguf"],
  ["Org/model", 2, "lower case"],
] as const)("%s ends with %i: %s", async ([reference, exitCode, text], { place }) => {
  await using registry = await startTestRegistry();
  registry.pushArtifact("org/model", "v1", orasFiles({ "m.gguf": weights }));
  const outcome = await place.run("ensure", `oci://${registry.host}/${reference}`);
  expect({ ...outcome, stderr: "" }).toEqual({ exitCode, stdout: "", stderr: "" });
  expect(outcome.stderr).toContain(text);
});

test("a mirror of the environment is asked first; one that says nothing of a registry is a usage error", async ({
  place,
}) => {
  await using registry = await startTestRegistry();
  registry.pushArtifact("cache/org/model", "v1", orasFiles({ "m.gguf": weights }));
  const env = { MODEL_PROVISIONER_MIRRORS: `registry.example=${registry.host}/cache` };
  const { exitCode, stdout } = await place.runWith(env, "ensure", "oci://registry.example/org/model:v1", "--quiet");
  expect(exitCode).toBe(0);
  expect(await readFile(stdout.trimEnd(), "utf8")).toBe("weights");
  const wrong = await place.runWith({ MODEL_PROVISIONER_MIRRORS: "x" }, "ensure", "oci://registry.example/org/m:v1");
  expect(wrong).toMatchObject({ exitCode: 2, stdout: "" });
  expect((await place.runWith({ MODEL_PROVISIONER_MIRRORS: "x" }, "doctor", "--offline")).exitCode).toBe(1);
});

async function logIn(place: Place, host: string, login: string): Promise<void> {
  await mkdir(join(place.folder, ".docker"), { recursive: true });
  const auths = { [host]: { auth: Buffer.from(login).toString("base64") } };
  await writeFile(join(place.folder, ".docker", "config.json"), JSON.stringify({ auths }));
}
