import { expect, test } from "vitest";
import { startTestHub, type TestHub } from "../test-hub.ts";

const file = "/resolve/main/model.gguf";

test.each([
  ["a missing repository, to nobody", "org/nope", undefined, [401, "RepoNotFound"]],
  ["a missing repository, to a token", "org/nope", "hf_poor", [404, "RepoNotFound"]],
  ["a private one, to nobody", "org/private", undefined, [401, "RepoNotFound"]],
  ["a private one, to a token that may not", "org/private", "hf_poor", [404, "RepoNotFound"]],
  ["a private one, to a token that may", "org/private", "hf_rich", [302, null]],
  ["a gated one, to nobody", "org/gated", undefined, [401, "GatedRepo"]],
  ["a gated one, to a token that may not", "org/gated", "hf_poor", [403, "GatedRepo"]],
  ["a gated one, to a token that may", "org/gated", "hf_rich", [302, null]],
  ["a private and gated one, to a token that may not", "org/both", "hf_poor", [404, "RepoNotFound"]],
  ["a public one, to an unknown token", "org/public", "hf_unknown", [401, null]],
])("a file of %s", async (_, repository, token, expected) => {
  await using hub = await hubOfAllKinds();
  const response = await get(hub, `/${repository}${file}`, token);
  expect([response.status, response.headers.get("x-error-code")]).toEqual(expected);
});

test.each([
  ["a missing one", "org/nope", undefined, 401],
  ["a private one, to nobody", "org/private", undefined, 401],
  ["a private one, to a token that may not", "org/private", "hf_poor", 404],
  ["a private one, to a token that may", "org/private", "hf_rich", 200],
  ["a gated one, to everybody", "org/gated", undefined, 200],
  ["a disabled one", "org/disabled", undefined, 403],
  ["a public one, to an unknown token", "org/public", "hf_unknown", 401],
])("what is in %s", async (_, repository, token, status) => {
  await using hub = await hubOfAllKinds();
  for (const path of ["", "/revision/main", "/tree/main", "/refs"]) {
    expect((await get(hub, `/api/models/${repository}${path}`, token)).status).toBe(status);
  }
});

test("a private repository says word for word what a missing one says", async () => {
  await using hub = await hubOfAllKinds();
  for (const token of [undefined, "hf_poor"]) {
    const [one, other] = await Promise.all(
      ["private", "missing"].map((name) => get(hub, `/org/${name}${file}`, token)),
    );
    expect(await one?.text()).toBe(await other?.text());
    expect(one?.headers.get("x-error-message")).toBe(other?.headers.get("x-error-message"));
  }
});

test("the messages by which clients tell errors apart", async () => {
  await using hub = await hubOfAllKinds();
  const message = async (path: string, token?: string): Promise<string | null> =>
    (await get(hub, path, token)).headers.get("x-error-message");
  expect(await message(`/org/public${file}`, "hf_unknown")).toBe("Invalid credentials in Authorization header");
  expect(await message(`/org/disabled${file}`)).toBe("Access to this resource is disabled.");
  expect(await message(`/org/gated${file}`, "hf_poor")).toContain(`Visit ${hub.endpoint}/org/gated to ask for access`);
});

test("the small file behind a redirect is as closed as the redirect", async () => {
  await using hub = await hubOfAllKinds();
  const redirect = await get(hub, "/org/private/resolve/main/config.json", "hf_rich");
  const location = redirect.headers.get("location") ?? "";
  expect(redirect.status).toBe(307);
  expect((await get(hub, location, "hf_rich")).status).toBe(200);
  expect((await get(hub, location, "hf_poor")).status).toBe(404);
  expect((await get(hub, location)).status).toBe(401);
});

test("a missing revision and a missing file have codes of their own", async () => {
  await using hub = await hubOfAllKinds();
  const code = async (path: string): Promise<unknown> => {
    const { status, headers } = await get(hub, path);
    return [status, headers.get("x-error-code"), headers.has("x-repo-commit")];
  };
  expect(await code("/org/public/resolve/nope/model.gguf")).toEqual([404, "RevisionNotFound", false]);
  expect(await code("/org/public/resolve/main/nope")).toEqual([404, "EntryNotFound", true]);
  expect(await code("/api/models/org/public/revision/nope")).toEqual([404, "RevisionNotFound", false]);
  expect(await code("/api/models/org/public/tree/nope")).toEqual([404, "RevisionNotFound", false]);
  expect(await code("/api/models/org/public/tree/main/nope")).toEqual([404, "EntryNotFound", true]);
});

async function hubOfAllKinds(): Promise<TestHub> {
  const hub = await startTestHub();
  const files = { "model.gguf": "weights", "config.json": "{}" };
  hub.addRepository("org/public", { files });
  hub.addRepository("org/private", { files, private: true });
  hub.addRepository("org/gated", { files, gated: "auto" });
  hub.addRepository("org/both", { files, gated: "manual", private: true });
  hub.addRepository("org/disabled", { files, disabled: true });
  hub.addToken("hf_rich", { user: "ann", canRead: ["org/private", "org/gated", "org/both"] });
  hub.addToken("hf_poor", { user: "bob", canRead: [] });
  return hub;
}

async function get(hub: TestHub, path: string, token?: string): Promise<Response> {
  const headers: Record<string, string> = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  return fetch(`${hub.endpoint}${path}`, { headers, redirect: "manual" });
}
