import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { catalogDocuments, type Place, test } from "../testing/place.ts";

const copy = ["--stage", "copy", "--quiet"] as const;

describe("usage", () => {
  test("shows the models, the largest first, and the totals below", async ({ place }) => {
    const { one, two, alone, inPlace } = await models(place);
    const { exitCode, stdout, stderr } = await place.run("usage");
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    const [table = "", facts = ""] = stdout.split("\n\n");
    expect(table.split("\n").map((line) => line.split(/ {2,}/))).toEqual([
      ["ID", "SIZE", "ONLY", "SHARED", "STATE", "PLACE"],
      [`file:${inPlace}`, "7 B", "-", "-", "Active", "in place"],
      [`file:${alone}`, "5 B", "5 B", "0 B", "Retired", "managed"],
      [`file:${one}`, "3 B", "0 B", "3 B", "Active", "managed"],
      [`file:${two}`, "3 B", "0 B", "3 B", "Active", "managed"],
    ]);
    expect(facts.trimEnd().split("\n")).toEqual([
      expect.stringMatching(`^on disk +8 B  below ${place.cache}; `),
      expect.stringMatching(/^arriving +0 B {2}/),
      expect.stringMatching(/^unreferenced +0 B {2}/),
      expect.stringMatching(/^superseded +0 B {2}/),
      expect.stringMatching(/^damaged +0 B {2}/),
      expect.stringMatching(/^saved +3 B {2}/),
      expect.stringMatching(/^in place +7 B {2}/),
      expect.stringMatching(/^free +[\d.]+ \w+ {2}/),
    ]);
  });

  test("--json prints an object a model, and a last one with the totals", async ({ place }) => {
    const { one, two, alone, inPlace } = await models(place);
    const { exitCode, stdout } = await place.run("usage", "--json", "--quiet");
    expect(exitCode).toBe(0);
    expect(
      stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      { ...usage(inPlace, 7), location: "external" },
      { ...usage(alone, 5), onlyBytes: 5, lifecycle: "Retired" },
      { ...usage(one, 3), sharedBytes: 3 },
      { ...usage(two, 3), sharedBytes: 3 },
      {
        cacheDir: place.cache,
        managedBytes: 8,
        supersededBytes: 0,
        damagedBytes: 0,
        arrivingBytes: 0,
        unreferencedBytes: 0,
        referencedBytes: 11,
        sharedSavings: 3,
        externalBytes: 7,
        freeBytes: expect.any(Number),
        unreadable: [],
        unmeasured: [],
      },
    ]);
  });

  test("ONLY is what rm frees", async ({ place }) => {
    const { alone } = await models(place);
    expect((await place.run("rm", alone)).stderr).toContain("; 5 B freed\n");
  });

  test("writes nothing", async ({ place }) => {
    await models(place);
    const before = await place.tree();
    await place.run("usage");
    expect(await place.tree()).toEqual(before);
  });

  test("shows 0 for files that are gone", async ({ place }) => {
    await place.file("model.gguf", "abc");
    await place.run("ensure", "model.gguf", ...copy);
    await rm(join(place.cache, "models"), { recursive: true });
    const [model, totals] = (await place.run("usage", "--json", "--quiet")).stdout.split("\n");
    expect(JSON.parse(model ?? "")).toMatchObject({ sizeBytes: 0, onlyBytes: 0 });
    expect(JSON.parse(totals ?? "")).toMatchObject({ unreferencedBytes: 3 });
  });

  test("of a cache that is not there yet, all is 0, and it is not made", async ({ place }) => {
    const { exitCode, stdout, stderr } = await place.run("usage");
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: `no models are on record in ${place.cache}\n` });
    expect(stdout).toMatch(/^on disk +0 B /);
    expect(JSON.parse((await place.run("usage", "--json", "--quiet")).stdout)).toMatchObject({
      managedBytes: 0,
      freeBytes: null,
    });
    expect(await place.tree()).toEqual([]);
  });

  test("a record that cannot be read is told, and what its model has counts as in use", async ({ place }) => {
    const source = await place.file("model.gguf", "abc");
    await place.run("ensure", "model.gguf", ...copy);
    const [document = ""] = await catalogDocuments(place);
    await writeFile(document, "torn");
    const { exitCode, stdout, stderr } = await place.run("usage", "--json");
    expect(exitCode).toBe(0);
    expect(stderr).toContain("is no readable record");
    expect(JSON.parse(stdout)).toMatchObject({ managedBytes: 3, unreferencedBytes: 0, unreadable: [`file:${source}`] });
  });

  test("takes no operand", async ({ place }) => {
    expect(await place.run("usage", "x")).toMatchObject({ exitCode: 2, stdout: "" });
  });
});

interface Models {
  readonly one: string;
  readonly two: string;
  readonly alone: string;
  readonly inPlace: string;
}

/** Two of the same content, a retired one of its own, and one that is used in place. */
async function models(place: Place): Promise<Models> {
  const one = await place.file("one.gguf", "abc");
  const two = await place.file("two.gguf", "abc");
  const alone = await place.file("alone.gguf", "12345");
  const inPlace = await place.file("in-place.gguf", "1234567");
  await place.run("ensure", one, two, alone, ...copy);
  await place.run("retire", alone);
  await place.run("ensure", inPlace);
  return { one, two, alone, inPlace };
}

function usage(path: string, sizeBytes: number): object {
  return { id: `file:${path}`, lifecycle: "Active", location: "managed", sizeBytes, sharedBytes: 0, onlyBytes: 0 };
}
