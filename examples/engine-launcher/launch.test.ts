import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ModelProvisioner, type ResolvedModel } from "@llama-orch/model-provisioner";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch, type VoiceDetector } from "./launch.ts";
import { silence, vowel } from "./signals.ts";

const file = createRequire(import.meta.url).resolve("@ricky0123/vad-web/dist/silero_vad_v5.onnx");
const digest = "sha256:2623a2953f6ff3d2c1e61740c6cdb7168133479b267dfef114a4a3cc5bdd788f";

describe("a provisioned model in a real engine", () => {
  let cacheDir: string;
  let model: ResolvedModel;
  let detector: VoiceDetector;

  beforeAll(async () => {
    cacheDir = await mkdtemp(join(tmpdir(), "engine-launcher-"));
    model = await ModelProvisioner.fileOnly(cacheDir).ensurePresentStr(file, digest);
    detector = await launch(model);
  });
  afterAll(async () => {
    await detector.close();
    await rm(cacheDir, { recursive: true });
  });

  test("is loaded from where it was resolved to, as the one that was vouched for", () => {
    expect(model).toMatchObject({ localPath: file, report: { trust: "verified" } });
  });

  test("gives a probability for every window of 32 ms", async () => {
    for (const samples of [silence(1), vowel(1)]) {
      const probabilities = await detector.speechIn(samples);
      expect(probabilities).toHaveLength(31);
      for (const probability of probabilities) {
        expect(probability).toBeGreaterThanOrEqual(0);
        expect(probability).toBeLessThanOrEqual(1);
      }
    }
  });

  test("tells a voice from silence", async () => {
    expect(Math.max(...(await detector.speechIn(silence(1))))).toBeLessThan(0.5);
    expect(Math.max(...(await detector.speechIn(vowel(1))))).toBeGreaterThan(0.5);
  });

  test("cannot be loaded from where it is not", async () => {
    await expect(launch({ ...model, localPath: join(cacheDir, "absent.onnx") })).rejects.toThrow("absent.onnx");
  });
});
