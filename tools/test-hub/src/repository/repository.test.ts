import { expect, test } from "vitest";
import { startTestHub } from "../test-hub.ts";

test("a new commit moves its branch, and older ones can still be asked for", async () => {
  await using hub = await startTestHub();
  const repository = hub.addRepository("org/repo", { files: { "a.txt": "one", "b.txt": "b" } });
  const old = repository.commit;
  const made = repository.commitFiles({ "a.txt": "two", "b.txt": null });

  expect(repository.commit).toBe(made);
  expect(made).not.toBe(old);
  expect(await (await fetch(`${repository.url}/resolve/main/a.txt`)).text()).toBe("two");
  expect(await (await fetch(`${repository.url}/resolve/${old}/a.txt`)).text()).toBe("one");
  expect((await fetch(`${repository.url}/resolve/main/b.txt`)).status).toBe(404);
});

test("a branch begins at main, and leaves it alone", async () => {
  await using hub = await startTestHub();
  const repository = hub.addRepository("org/repo", { files: { "a.txt": "one" } });
  const main = repository.commit;
  repository.commitFiles({ "b.txt": "new" }, { branch: "feat/x" });

  expect(repository.commit).toBe(main);
  expect(await (await fetch(`${repository.url}/resolve/feat%2Fx/a.txt`)).text()).toBe("one");
  expect(await (await fetch(`${repository.url}/resolve/feat%2Fx/b.txt`)).text()).toBe("new");
});

test("a tag stays where it is until it is moved", async () => {
  await using hub = await startTestHub();
  const repository = hub.addRepository("org/repo", { files: { "a.txt": "one" }, tags: ["v1"] });
  repository.commitFiles({ "a.txt": "two" });
  const at = async (): Promise<string> => (await fetch(`${repository.url}/resolve/v1/a.txt`)).text();

  expect(await at()).toBe("one");
  repository.tag("v1");
  expect(await at()).toBe("two");
  expect(() => repository.tag("v2", "nope")).toThrow(TypeError);
});

test("what is no path, or no name, is refused at once", async () => {
  await using hub = await startTestHub();
  for (const path of ["/a", "a//b", "../a", "a/", ""]) {
    expect(() => hub.addRepository("org/repo", { files: { [path]: "" } })).toThrow(TypeError);
  }
  expect(() => hub.addRepository("org/repo/more", { files: {} })).toThrow(TypeError);
});
