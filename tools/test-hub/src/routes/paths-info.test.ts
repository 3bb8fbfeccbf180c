import { expect, test } from "vitest";
import { startTestHub } from "../test-hub.ts";
import { getJson } from "../testing/get-json.ts";

const files = { "a.txt": "hello\n", "sub/b.txt": "b" };
const expected = [
  { type: "file", path: "a.txt", size: 6 },
  { type: "directory", path: "sub" },
];

test("paths may be asked for in a form, as Python does, or in JSON; those that do not exist are left out", async () => {
  await using hub = await startTestHub();
  hub.addRepository("org/repo", { files });
  const url = `${hub.endpoint}/api/models/org/repo/paths-info/main`;
  const paths = ["a.txt", "nope", "sub"];

  const form = new URLSearchParams("paths=a.txt&paths=nope&paths=sub&expand=False");
  expect(await getJson(url, { method: "POST", body: form })).toMatchObject(expected);
  const json = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ paths }) };
  expect(await getJson(url, json)).toMatchObject(expected);
});

test("expand adds the last commit", async () => {
  await using hub = await startTestHub();
  const { commit } = hub.addRepository("org/repo", { files });
  const url = `${hub.endpoint}/api/models/org/repo/paths-info/main`;
  const body = new URLSearchParams({ paths: "a.txt", expand: "True" });
  expect(await getJson(url, { method: "POST", body })).toMatchObject([{ path: "a.txt", lastCommit: { id: commit } }]);
});

test.each(["{", "[]", '{"paths":1}'])("%s is a bad request", async (body) => {
  await using hub = await startTestHub();
  hub.addRepository("org/repo", { files });
  const headers = { "Content-Type": "application/json" };
  const response = await fetch(`${hub.endpoint}/api/models/org/repo/paths-info/main`, {
    method: "POST",
    headers,
    body,
  });
  expect(response.status).toBe(400);
});
