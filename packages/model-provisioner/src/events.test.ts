import { memoryFetcher } from "@llama-orch/contract-tests";
import { expect, test } from "vitest";
import { ModelProvisioner } from "./provisioner.ts";
import { sha256 } from "./testing/files.ts";
import { openSetting } from "./testing/setting.ts";

const models = { tiny: { files: { "tiny.gguf": "abc" } } };

test("every step of bringing a model is told, in order, with the caller's correlation id", async () => {
  await using setting = await openSetting();
  const provisioner = new ModelProvisioner(setting.catalog, memoryFetcher({ models }), setting.listening);
  const { report } = await provisioner.ensurePresentStr("mem:tiny", sha256("abc"), { correlationId: "req-42" });
  const steps = setting.types().filter((type) => !type.endsWith("-progress"));
  expect(steps).toEqual([
    "ensure-started",
    "plan-made",
    "fetch-started",
    "fetch-finished",
    "digest-verified",
    "model-published",
    "entry-registered",
    "ensure-finished",
  ]);
  for (const event of setting.events) expect(event).toMatchObject({ id: "mem:tiny", correlationId: "req-42" });
  expect(setting.events.at(-1)).toMatchObject({ type: "ensure-finished", report });
});

test("progress adds up over the files", async () => {
  await using setting = await openSetting();
  const fetcher = memoryFetcher({ models: { two: { files: { a: "12345", b: "678" } } } });
  await new ModelProvisioner(setting.catalog, fetcher, setting.listening).ensurePresentStr("mem:two");
  const last = setting.events.findLast(({ type }) => type === "fetch-progress");
  expect(last).toMatchObject({ overall: { receivedBytes: 8, totalBytes: 8 } });
});

test("a call without a correlation id gets one of its own", async () => {
  await using setting = await openSetting();
  const provisioner = new ModelProvisioner(setting.catalog, memoryFetcher({ models }), setting.listening);
  await provisioner.ensurePresentStr("mem:tiny");
  await provisioner.ensurePresentStr("mem:tiny");
  const ids = new Set(setting.events.map(({ correlationId }) => correlationId));
  expect(ids.size).toBe(2);
});

test("the call's listener hears its own call alone", async () => {
  await using setting = await openSetting();
  const provisioner = new ModelProvisioner(setting.catalog, memoryFetcher({ models }), setting.listening);
  const heard: string[] = [];
  await provisioner.ensurePresentStr("mem:tiny", undefined, { onEvent: ({ type }) => heard.push(type) });
  const own = heard.length;
  await provisioner.ensurePresentStr("mem:tiny");
  expect(own).toBeGreaterThan(0);
  expect(heard).toHaveLength(own);
});

test("a listener that throws changes nothing, and is logged", async () => {
  await using setting = await openSetting();
  const logged: string[] = [];
  const provisioner = new ModelProvisioner(setting.catalog, memoryFetcher({ models }), {
    logger: { debug() {}, info() {}, warn() {}, error: (message) => logged.push(message) },
    onEvent() {
      throw new Error("broken listener");
    },
  });
  await expect(provisioner.ensurePresentStr("mem:tiny")).resolves.toMatchObject({ id: "mem:tiny" });
  expect(logged.length).toBeGreaterThan(0);
});

test("defect 22: no event, error or record holds a secret of the reference", async () => {
  await using setting = await openSetting();
  const secret = "hunter2hunter2";
  const fetcher = {
    ...memoryFetcher({ scheme: "https", models: {} }),
    plan: () => Promise.reject(new Error(`no route to ${secret}`)),
  };
  const provisioner = new ModelProvisioner(setting.catalog, fetcher, setting.listening);
  const reference = `https://user:${secret}@example.com/model.gguf?token=${secret}&X-Amz-Signature=${secret}`;
  await expect(provisioner.ensurePresentStr(reference)).rejects.toThrow("no route");
  expect(setting.events.length).toBeGreaterThan(0);
  expect(JSON.stringify(setting.events)).not.toContain(secret);
});
