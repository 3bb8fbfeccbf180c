import { mkdir, readdir, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { directoryDigest, isModelError } from "@llama-orch/catalog-core";
import { fileFetcher } from "@llama-orch/fetcher-file";
import { describe, expect, test } from "vitest";
import { ModelProvisioner } from "./provisioner.ts";
import { placeFile, sha256, sha512 } from "./testing/files.ts";
import { entriesOf, openSetting, type Setting } from "./testing/setting.ts";

function provisionerIn(setting: Setting): ModelProvisioner<Setting["catalog"], ReturnType<typeof fileFetcher>> {
  return new ModelProvisioner(setting.catalog, fileFetcher(), setting.listening);
}

describe("a file that is here", () => {
  test("is registered where it lies, and left as it is", async () => {
    await using setting = await openSetting();
    const path = await placeFile(setting.sources, "model.gguf", "abc");
    const { atime: _a, atimeMs: _b, ...before } = await stat(path);

    const model = await provisionerIn(setting).ensurePresentStr(`file:${path}`);

    expect(model).toMatchObject({ id: `file:${path}`, localPath: path });
    expect(model.report).toMatchObject({ stagedBytes: 0, cached: false, trust: "unverified" });
    expect(model.report.verification).toEqual({ outcome: "skipped", actual: sha256("abc") });
    expect(await stat(path)).toMatchObject(before);
    expect(await readdir(setting.sources)).toEqual(["model.gguf"]);
    expect(await entriesOf(setting.catalog)).toMatchObject([
      {
        id: model.id,
        location: "external",
        localPath: path,
        lifecycle: "Active",
        kind: "file",
        sizeBytes: 3,
        digest: "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        provenance: { reference: `file:${path}`, source: path, fetcher: "fetcher-file", movedBytes: 0, reusedBytes: 3 },
      },
    ]);
  });

  test("is one model by every way of writing its path", async () => {
    await using setting = await openSetting();
    const path = await placeFile(setting.sources, "model.gguf", "abc");
    const provisioner = provisionerIn(setting);
    const references: string[] = [path, "model.gguf", "./x/../model.gguf", `file://${path}`, `FILE:${path}`];
    const ids = [];
    for (const reference of references) ids.push((await provisioner.ensurePresentStr(reference)).id);
    expect(new Set(ids)).toEqual(new Set([`file:${path}`]));
    expect(await entriesOf(setting.catalog)).toHaveLength(1);
  });

  test("defect 18: is neither hashed nor written down again", async () => {
    await using setting = await openSetting();
    await placeFile(setting.sources, "model.gguf", "abc");
    const provisioner = provisionerIn(setting);
    await provisioner.ensurePresentStr("model.gguf", sha256("abc"));
    const writes = setting.catalog.writes;
    setting.events.length = 0;

    const again = await provisioner.ensurePresentStr("model.gguf", sha256("abc"));

    expect(setting.types()).toEqual(["ensure-started", "model-present", "ensure-finished"]);
    expect(setting.catalog.writes).toBe(writes);
    expect(again.report).toMatchObject({ cached: true, stagedBytes: 0, trust: "verified" });
    expect(again.report.verification).toEqual({ outcome: "pass", expected: sha256("abc"), actual: sha256("abc") });
  });

  test("that is missing says so, and registers nothing", async () => {
    await using setting = await openSetting();
    await expect(provisionerIn(setting).ensurePresentStr("absent.gguf")).rejects.toMatchObject({
      code: "FILE_NOT_FOUND",
    });
    expect(await entriesOf(setting.catalog)).toEqual([]);
  });

  test("with an inode of its own again is hashed once, and then known", async () => {
    await using setting = await openSetting();
    const path = await placeFile(setting.sources, "model.gguf", "abc");
    const provisioner = provisionerIn(setting);
    await provisioner.ensurePresentStr("model.gguf");
    // The old file stays, so that its inode cannot be given to the new one.
    await rename(path, join(setting.sources, "old"));
    await placeFile(setting.sources, "model.gguf", "abc");
    setting.events.length = 0;

    await provisioner.ensurePresentStr("model.gguf");
    expect(setting.types()).toContain("hash-progress");
    setting.events.length = 0;
    await provisioner.ensurePresentStr("model.gguf");
    expect(setting.types()).toContain("model-present");
  });

  test("that was written just now is hashed again next time, since its mtime proves nothing yet", async () => {
    await using setting = await openSetting();
    // In the future by this machine's clock, as on a server whose clock is ahead: never old enough.
    await placeFile(setting.sources, "model.gguf", "abc", new Date(Date.now() + 3_600_000));
    const provisioner = provisionerIn(setting);
    await provisioner.ensurePresentStr("model.gguf");
    setting.events.length = 0;
    await provisioner.ensurePresentStr("model.gguf");
    expect(setting.types()).toContain("hash-progress");
  });

  test("verify: always hashes it, and notes when", async () => {
    await using setting = await openSetting();
    await placeFile(setting.sources, "model.gguf", "abc");
    const provisioner = provisionerIn(setting);
    await provisioner.ensurePresentStr("model.gguf");
    setting.events.length = 0;
    await provisioner.ensurePresentStr("model.gguf", undefined, { verify: "always" });
    expect(setting.types()).toContain("hash-progress");
    expect(await entriesOf(setting.catalog)).toHaveLength(1);
  });

  test("that was retired is Active again, and the event says so", async () => {
    await using setting = await openSetting();
    await placeFile(setting.sources, "model.gguf", "abc");
    const provisioner = provisionerIn(setting);
    const { id } = await provisioner.ensurePresentStr("model.gguf");
    await setting.catalog.setState(id, "Retired");
    setting.events.length = 0;

    await provisioner.ensurePresentStr("model.gguf");

    expect(setting.types()).toContain("entry-reactivated");
    expect(setting.types()).not.toContain("hash-progress");
    expect(await setting.catalog.get(id)).toMatchObject({ lifecycle: "Active" });
  });
});

describe("an expected digest", () => {
  test("that is right makes the entry verified; a later call without one keeps it (defect 17)", async () => {
    await using setting = await openSetting();
    await placeFile(setting.sources, "model.gguf", "abc");
    const provisioner = provisionerIn(setting);
    const startedMs = Date.now();
    const { id } = await provisioner.ensurePresentStr("model.gguf", sha256("abc"));
    await provisioner.ensurePresentStr("model.gguf");
    const entry = await setting.catalog.get(id);
    expect(entry).toMatchObject({ trust: "verified", digest: sha256("abc") });
    expect(entry?.lastVerifiedMs).toBeGreaterThanOrEqual(startedMs);
  });

  test("given for the first time for a model that is here is noted, without a second hash", async () => {
    await using setting = await openSetting();
    await placeFile(setting.sources, "model.gguf", "abc");
    const provisioner = provisionerIn(setting);
    const { id } = await provisioner.ensurePresentStr("model.gguf");
    setting.events.length = 0;
    const { report } = await provisioner.ensurePresentStr(
      "model.gguf",
      sha256("abc").toUpperCase().replace("SHA", "sha"),
    );
    expect(report).toMatchObject({ trust: "verified", cached: true });
    expect(setting.types()).not.toContain("hash-progress");
    expect(await setting.catalog.get(id)).toMatchObject({ trust: "verified" });
  });

  test("that is wrong fails with both values, and registers nothing", async () => {
    await using setting = await openSetting();
    const path = await placeFile(setting.sources, "model.gguf", "abc");
    const error = await provisionerIn(setting)
      .ensurePresentStr("model.gguf", sha256("other"))
      .catch((caught: unknown) => caught);
    expect(isModelError(error, "DIGEST_MISMATCH") && error.facts).toEqual({
      expected: sha256("other"),
      actual: sha256("abc"),
      path,
      expectedBy: "caller",
    });
    expect(await entriesOf(setting.catalog)).toEqual([]);
    expect(setting.types()).toEqual(expect.arrayContaining(["digest-mismatch", "ensure-failed"]));
  });

  test("that is wrong leaves an earlier good entry as it was", async () => {
    await using setting = await openSetting();
    await placeFile(setting.sources, "model.gguf", "abc");
    const provisioner = provisionerIn(setting);
    const { id } = await provisioner.ensurePresentStr("model.gguf", sha256("abc"));
    const before = await setting.catalog.get(id);
    await expect(provisioner.ensurePresentStr("model.gguf", sha256("other"))).rejects.toMatchObject({
      code: "DIGEST_MISMATCH",
    });
    expect(await setting.catalog.get(id)).toEqual(before);
  });

  test("that is wrong under warn succeeds, says so with both values, and is known the next time", async () => {
    await using setting = await openSetting();
    await placeFile(setting.sources, "model.gguf", "abc");
    const provisioner = provisionerIn(setting);
    const warn = { onMismatch: "warn" } as const;
    const first = await provisioner.ensurePresentStr("model.gguf", sha256("other"), warn);
    expect(first.report.verification).toEqual({ outcome: "warn", expected: sha256("other"), actual: sha256("abc") });
    expect(first.report.trust).toBe("unverified");
    setting.events.length = 0;

    const second = await provisioner.ensurePresentStr("model.gguf", sha256("other"), warn);

    expect(second.report.verification).toEqual(first.report.verification);
    expect(setting.types()).toEqual(["ensure-started", "model-present", "digest-mismatch", "ensure-finished"]);
    // What one call accepted is no promise to another.
    await expect(provisioner.ensurePresentStr("model.gguf", sha256("other"))).rejects.toMatchObject({
      code: "DIGEST_MISMATCH",
    });
  });

  test("that is wrong under warn never demotes a verified entry", async () => {
    await using setting = await openSetting();
    await placeFile(setting.sources, "model.gguf", "abc");
    const provisioner = provisionerIn(setting);
    const { id } = await provisioner.ensurePresentStr("model.gguf", sha256("abc"));
    await provisioner.ensurePresentStr("model.gguf", sha256("other"), { onMismatch: "warn" });
    expect(await setting.catalog.get(id)).toMatchObject({
      trust: "verified",
      digest: sha256("abc"),
      lifecycle: "Active",
    });
  });

  test("the provisioner's policy holds where the call has none, and the call's where it has one", async () => {
    await using setting = await openSetting();
    await placeFile(setting.sources, "model.gguf", "abc");
    const lenient = new ModelProvisioner(setting.catalog, fileFetcher(), { ...setting.listening, onMismatch: "warn" });
    const { report } = await lenient.ensurePresentStr("model.gguf", sha256("other"));
    expect(report.verification.outcome).toBe("warn");
    await expect(
      lenient.ensurePresentStr("model.gguf", sha256("another"), { onMismatch: "error" }),
    ).rejects.toMatchObject({ code: "DIGEST_MISMATCH" });
  });

  test("defect 15: of sha512 is computed and compared, and then known without a second hash", async () => {
    await using setting = await openSetting();
    await placeFile(setting.sources, "model.gguf", "abc");
    const provisioner = provisionerIn(setting);
    await provisioner.ensurePresentStr("model.gguf", sha512("abc"));
    setting.events.length = 0;
    const { report } = await provisioner.ensurePresentStr("model.gguf", sha512("abc"));
    expect(report).toMatchObject({ trust: "verified", verification: { outcome: "pass" } });
    expect(setting.types()).not.toContain("hash-progress");
    await expect(provisioner.ensurePresentStr("model.gguf", sha512("other"))).rejects.toMatchObject({
      code: "DIGEST_MISMATCH",
    });
    await expect(provisioner.ensurePresentStr("model.gguf", `md5:${"0".repeat(32)}`)).rejects.toMatchObject({
      code: "DIGEST_INVALID",
    });
  });
});

describe("a file that changes", () => {
  test("that nobody vouched for is registered anew, with an event", async () => {
    await using setting = await openSetting();
    await placeFile(setting.sources, "model.gguf", "abc");
    const provisioner = provisionerIn(setting);
    const { id } = await provisioner.ensurePresentStr("model.gguf");
    await placeFile(setting.sources, "model.gguf", "abcd", new Date("2024-05-05"));
    await provisioner.ensurePresentStr("model.gguf");
    expect(setting.events).toContainEqual(
      expect.objectContaining({ type: "source-changed", previous: sha256("abc"), current: sha256("abcd") }),
    );
    expect(await setting.catalog.get(id)).toMatchObject({ digest: sha256("abcd"), sizeBytes: 4 });
  });

  test("after a caller vouched for it is a mismatch with the record", async () => {
    await using setting = await openSetting();
    await placeFile(setting.sources, "model.gguf", "abc");
    const provisioner = provisionerIn(setting);
    const { id } = await provisioner.ensurePresentStr("model.gguf", sha256("abc"));
    const before = await setting.catalog.get(id);
    await placeFile(setting.sources, "model.gguf", "abd", new Date("2024-05-05"));
    await expect(provisioner.ensurePresentStr("model.gguf")).rejects.toMatchObject({
      code: "DIGEST_MISMATCH",
      facts: { expected: sha256("abc"), actual: sha256("abd"), expectedBy: "record" },
    });
    expect(await setting.catalog.get(id)).toEqual(before);
  });

  test("after a caller vouched for it, under warn, is served with a warning, and known the next time", async () => {
    await using setting = await openSetting();
    const path = await placeFile(setting.sources, "model.gguf", "abc");
    const provisioner = provisionerIn(setting);
    const { id } = await provisioner.ensurePresentStr("model.gguf", sha256("abc"));
    await placeFile(setting.sources, "model.gguf", "abd", new Date("2024-05-05"));
    const warn = { onMismatch: "warn" } as const;
    const first = await provisioner.ensurePresentStr("model.gguf", undefined, warn);
    expect(first).toMatchObject({
      localPath: path,
      report: { trust: "unverified", verification: { outcome: "warn" } },
    });
    setting.events.length = 0;

    const second = await provisioner.ensurePresentStr("model.gguf", sha256("abc"), warn);

    expect(setting.types()).not.toContain("hash-progress");
    expect(second.report.verification).toEqual({ outcome: "warn", expected: sha256("abc"), actual: sha256("abd") });
    expect(await setting.catalog.get(id)).toMatchObject({ trust: "verified", digest: sha256("abc") });
    await expect(provisioner.ensurePresentStr("model.gguf")).rejects.toMatchObject({ code: "DIGEST_MISMATCH" });
  });

  test("that is brought back is as good as before", async () => {
    await using setting = await openSetting();
    await placeFile(setting.sources, "model.gguf", "abc");
    const provisioner = provisionerIn(setting);
    const { id } = await provisioner.ensurePresentStr("model.gguf", sha256("abc"));
    await placeFile(setting.sources, "model.gguf", "abd", new Date("2024-05-05"));
    await provisioner.ensurePresentStr("model.gguf", undefined, { onMismatch: "warn" });
    await placeFile(setting.sources, "model.gguf", "abc", new Date("2024-06-06"));
    const { report } = await provisioner.ensurePresentStr("model.gguf");
    expect(report).toMatchObject({ trust: "verified", verification: { outcome: "pass" } });
    expect((await setting.catalog.get(id))?.drift).toBeUndefined();
  });

  test("and got a new digest from its caller is registered with it", async () => {
    await using setting = await openSetting();
    await placeFile(setting.sources, "model.gguf", "abc");
    const provisioner = provisionerIn(setting);
    const { id } = await provisioner.ensurePresentStr("model.gguf", sha256("abc"));
    await placeFile(setting.sources, "model.gguf", "abd", new Date("2024-05-05"));
    await provisioner.ensurePresentStr("model.gguf", sha256("abd"));
    expect(await setting.catalog.get(id)).toMatchObject({ trust: "verified", digest: sha256("abd") });
  });

  test("while it is hashed is detected, and not registered", async () => {
    await using setting = await openSetting();
    const path = join(setting.sources, "model.gguf");
    await writeFile(path, Buffer.alloc(8 * 1024 * 1024));
    await utimes(path, new Date("2024-01-01"), new Date("2024-01-01"));
    let isTouched = false;
    const provisioner = new ModelProvisioner(setting.catalog, fileFetcher(), {
      cwd: setting.sources,
      // The first progress comes before the file is read to its end.
      onEvent: ({ type }) => {
        if (type === "hash-progress" && !isTouched) writeFileSync(path, "x", { flag: "r+" });
        isTouched ||= type === "hash-progress";
      },
    });
    await expect(provisioner.ensurePresentStr("model.gguf")).rejects.toMatchObject({ code: "FILE_CHANGED" });
    expect(isTouched).toBe(true);
    expect(await entriesOf(setting.catalog)).toEqual([]);
  });
});

describe("a directory", () => {
  test("is one artifact with the digest of its listing; files added later are not part of it", async () => {
    await using setting = await openSetting();
    const folder = join(setting.sources, "llama");
    await mkdir(join(folder, "sub"), { recursive: true });
    await placeFile(folder, "config.json", "{}");
    await placeFile(join(folder, "sub"), "weights", "abc");
    const digest = directoryDigest([
      { path: "config.json", digest: sha256("{}") },
      { path: "sub/weights", digest: sha256("abc") },
    ]);
    const provisioner = provisionerIn(setting);

    const model = await provisioner.ensurePresentStr("llama", digest);
    expect(model).toMatchObject({ localPath: folder, report: { trust: "verified" } });
    expect(await setting.catalog.get(model.id)).toMatchObject({ kind: "directory", sizeBytes: 5, digest });

    await placeFile(folder, "notes.txt", "mine");
    setting.events.length = 0;
    await provisioner.ensurePresentStr("llama", digest);
    expect(setting.types()).toContain("model-present");

    await rm(join(folder, "config.json"));
    await expect(provisioner.ensurePresentStr("llama")).rejects.toMatchObject({ code: "DIGEST_MISMATCH" });
  });

  test("that holds the cache itself is refused: it would change by being registered", async () => {
    await using setting = await openSetting();
    await placeFile(setting.root, "weights", "abc");
    for (const path of [setting.root, setting.cacheDir]) {
      await expect(provisionerIn(setting).ensurePresentStr(path)).rejects.toMatchObject({ code: "CACHE_INSIDE_MODEL" });
    }
  });

  test("has no sha512: asking for one is an error that says what it has", async () => {
    await using setting = await openSetting();
    await mkdir(join(setting.sources, "llama"));
    await placeFile(join(setting.sources, "llama"), "weights", "abc");
    await expect(provisionerIn(setting).ensurePresentStr("llama", sha512("abc"))).rejects.toMatchObject({
      code: "DIGEST_NOT_COMPARABLE",
    });
  });
});
