import { expect } from "vitest";
import { startFaultServer } from "../../../../tools/fault-server/src/index.ts";
import { test, type Transferring } from "../testing/transferring.ts";
import type { Refusal } from "./status-failure.ts";
import { askServer, type Question, type Reply } from "./ask-server.ts";
import type { TransferOptions } from "./transfer-options.ts";

function ask(
  setting: Transferring,
  question: Partial<Question>,
  options: Partial<TransferOptions> = {},
): Promise<Reply> {
  const { server, client } = setting;
  const { signal } = new AbortController();
  return askServer(
    { url: `${server.origin}/api`, ...question },
    { client, signal, baseDelayMs: 0, maxDelayMs: 0, ...options },
  );
}

test("a document, with the headers that came with it", async ({ setting }) => {
  setting.server.put("/api", { content: Buffer.from('{"ä":1}'), headers: { Link: '<next>; rel="next"' } });
  const { text, head } = await ask(setting, { headers: { Authorization: "Bearer abcdefgh" } });
  expect([text, head.headers.get("link")]).toEqual(['{"ä":1}', '<next>; rel="next"']);
  expect(setting.server.requests[0]?.headers["authorization"]).toBe("Bearer abcdefgh");
});

test("a server in trouble is asked again, and not one that says no", async ({ setting }) => {
  setting.server.put("/api", { content: Buffer.from("{}") });
  setting.server.inject({ kind: "status", status: 502, times: 2 });
  await ask(setting, {});
  setting.server.inject({ kind: "status", status: 403 });
  const before = setting.server.requests.length;
  await expect(ask(setting, {})).rejects.toMatchObject({ code: "TRANSFER_FORBIDDEN" });
  expect(setting.server.requests).toHaveLength(before + 1);
});

test("whoever knows the server says what its status means", async ({ setting }) => {
  const mine = new Error("mine");
  const options = { explainStatus: ({ head }: Refusal) => (head.status === 404 ? mine : undefined) };
  await expect(ask(setting, {}, options)).rejects.toBe(mine);
});

test("a redirect to another origin may be the answer", async ({ setting }) => {
  await using other = await startFaultServer();
  other.put("/f", { content: Buffer.from("there") });
  setting.server.redirect("/api", "/here");
  setting.server.redirect("/here", `${other.origin}/f`);
  const { head, text } = await ask(setting, { redirects: "same-origin", method: "HEAD" });
  expect([head.status, head.headers.get("location"), text]).toEqual([302, `${other.origin}/f`, ""]);
  expect(other.requests).toEqual([]);
  expect((await ask(setting, {})).text).toBe("there");
});

test("more than is expected is not read", async ({ setting }) => {
  setting.server.put("/api", { content: { sizeBytes: 1_000_000, seed: 1 } });
  await expect(ask(setting, { limitBytes: 1_000 })).rejects.toMatchObject({
    code: "TRANSFER_ANSWER_TOO_LARGE",
    facts: { limitBytes: 1_000 },
  });
});

test("a question may have a body", async ({ setting }) => {
  setting.server.route("/api", async ({ method, body }, respond) => {
    const text = `${method} ${body.toString()}`;
    await respond.write(Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`));
  });
  expect((await ask(setting, { method: "POST", body: "a=b" })).text).toBe("POST a=b");
});

test("a server that says nothing has the time that the caller gives it", async ({ setting }) => {
  setting.server.put("/api", { content: Buffer.from("{}") });
  setting.server.inject({ kind: "stall-head" });
  await expect(ask(setting, {}, { timeoutMs: 50 })).rejects.toMatchObject({ code: "TRANSFER_TIMEOUT" });
});

test("what the server says of a refusal can be read, up to where it breaks off", async ({ setting }) => {
  const refused = async (head: string, body: string): Promise<string | undefined> => {
    setting.server.route("/api", async (_request, respond) => {
      await respond.write(Buffer.from(`HTTP/1.1 404 Not Found\r\n${head}Connection: close\r\n\r\n${body}`));
      respond.end("fin");
    });
    let text: string | undefined;
    await ask(setting, {}, { explainStatus: async (refusal) => void (text = await refusal.text()) }).catch(() => {});
    return text;
  };
  expect(await refused("Content-Length: 5\r\n", "sorry")).toBe("sorry");
  expect(await refused("Content-Length: 9\r\n", "sorry")).toBe("sorry");
  expect(await refused("", "s".repeat(100_000))).toBe("s".repeat(64 * 1024));
});
