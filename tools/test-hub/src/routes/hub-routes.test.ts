import { expect, test } from "vitest";
import { startTestHub } from "../test-hub.ts";
import { getJson } from "../testing/get-json.ts";

test("refs are branches and tags", async () => {
  await using hub = await startTestHub();
  const repository = hub.addRepository("org/repo", { files: { a: "" }, tags: ["v1"] });
  const main = repository.commit;
  const next = repository.commitFiles({ b: "" }, { branch: "next" });
  expect(await getJson(`${hub.endpoint}/api/models/org/repo/refs`)).toEqual({
    branches: [
      { name: "main", ref: "refs/heads/main", targetCommit: main },
      { name: "next", ref: "refs/heads/next", targetCommit: next },
    ],
    tags: [{ name: "v1", ref: "refs/tags/v1", targetCommit: main }],
    converts: [],
  });
});

test("whoami tells whose token it is", async () => {
  await using hub = await startTestHub();
  hub.addToken("hf_ann", { user: "ann", canRead: [] });
  const headers = { Authorization: "Bearer hf_ann" };
  expect(await getJson(`${hub.endpoint}/api/whoami-v2`, { headers })).toMatchObject({ type: "user", name: "ann" });
  expect((await fetch(`${hub.endpoint}/api/whoami-v2`)).status).toBe(401);
});

test("the agent harnesses are none", async () => {
  await using hub = await startTestHub();
  expect(await getJson(`${hub.endpoint}/api/agent-harnesses`)).toMatchObject({ harnesses: {} });
});

test.each(["/", "/api", "/api/datasets/org/repo", "/api/models/org/repo/nope", "/org/repo", "/%E0%A4%A/x/resolve"])(
  "there is nothing at %s, and JSON says so",
  async (path) => {
    await using hub = await startTestHub();
    hub.addRepository("org/repo", { files: {} });
    const response = await fetch(`${hub.endpoint}${path}`);
    expect(response.status).toBe(404);
    expect(await response.json()).toHaveProperty("error");
  },
);

test("nothing can be changed from outside", async () => {
  await using hub = await startTestHub();
  hub.addRepository("org/repo", { files: { a: "" } });
  for (const method of ["POST", "PUT", "DELETE"]) {
    expect((await fetch(`${hub.endpoint}/org/repo/resolve/main/a`, { method })).status).toBe(404);
    expect((await fetch(`${hub.endpoint}/api/models/org/repo`, { method })).status).toBe(404);
  }
});

test("every answer has an id of its own, and tells what the rate limit is", async () => {
  await using hub = await startTestHub();
  hub.addRepository("org/repo", { files: {} });
  const found = await fetch(`${hub.endpoint}/api/models/org/repo`);
  const missing = await fetch(`${hub.endpoint}/org/repo/resolve/main/nope`);
  expect(found.headers.get("ratelimit")).toBe('"api";r=499;t=300');
  expect(missing.headers.get("ratelimit")).toBe('"resolvers";r=2999;t=300');
  expect(found.headers.get("x-request-id")).toMatch(/^Root=1-/);
  expect(missing.headers.get("x-request-id")).not.toBe(found.headers.get("x-request-id"));
});
