import { describe, expect, test } from "vitest";
import { type FaultServer, startFaultServer } from "../../../../tools/fault-server/src/index.ts";
import { httpClient } from "./http-client.ts";
import { get, resolver, serve, type Served } from "../testing/serve.ts";

const lookup = resolver({ "models.test": ["127.0.0.1"], "cdn.test": ["127.0.0.1"], "a.models.test": ["127.0.0.1"] });
const refused: unknown = expect.objectContaining({ code: "TRANSFER_REDIRECT_REFUSED" });

interface Two extends Served {
  readonly other: FaultServer;
  /** Of the first server, by a name. */
  readonly here: string;
  /** Of the other server. */
  readonly there: string;
}

async function serveTwo(options: Parameters<typeof serve>[0] = {}, tls = false): Promise<Two> {
  const served = await serve({ lookup, ...options }, { tls });
  const other = await startFaultServer({ tls });
  for (const server of [served.server, other]) server.put("/f", { content: Buffer.from("the file") });
  const scheme = tls ? "https" : "http";
  return {
    ...served,
    other,
    here: `${scheme}://models.test:${served.server.port}`,
    there: `${scheme}://cdn.test:${other.port}`,
    async [Symbol.asyncDispose]() {
      await served[Symbol.asyncDispose]();
      await other.close();
    },
  };
}

const credentials = {
  Authorization: "Bearer secret-of-here",
  "X-Api-Key": "key-of-here",
  Cookie: "session=of-here",
  "X-Whatever": "secret-too",
};

const names = Object.keys(credentials).map((name) => name.toLowerCase());

function sent(server: FaultServer, index = 0): readonly string[] {
  const headers = server.requests[index]?.headers ?? {};
  return names.filter((name) => name in headers);
}

describe("chains", () => {
  test("ten are followed, and no more", async () => {
    await using served = await serve();
    for (let step = 0; step < 11; step += 1) served.server.redirect(`/${step}`, `/${step + 1}`);
    served.server.put("/11", { content: Buffer.from("ok") });
    expect((await get(served.client, `${served.server.origin}/1`)).url).toBe(`${served.server.origin}/11`);
    await expect(get(served.client, `${served.server.origin}/0`)).rejects.toThrow(refused);
  });

  test("a loop ends", async () => {
    await using served = await serve();
    served.server.redirect("/a", "/b");
    served.server.redirect("/b", "/a");
    await expect(get(served.client, `${served.server.origin}/a`)).rejects.toThrow(refused);
    expect(served.server.requests).toHaveLength(11);
  });

  test("openHere follows none", async () => {
    await using served = await serve();
    served.server.redirect("/a", "/b");
    await using answer = await served.client.openHere(
      { method: "GET", url: new URL("/a", served.server.origin) },
      new AbortController().signal,
    );
    expect(answer.head.status).toBe(302);
  });

  test.each([300, 304, 305])("%i is an answer", async (status) => {
    await using served = await serve();
    served.server.inject({ kind: "status", status, headers: { Location: "/f" } });
    expect((await get(served.client, served.server.origin)).status).toBe(status);
  });
});

describe("where it leads", () => {
  test.each([
    ["/f", "/f"],
    ["f", "/deep/f"],
    ["../f?x=1#part", "/f?x=1"],
    ["?x=1", "/deep/from?x=1"],
    ["//models.test:PORT/f", "/f"],
    ["/a b", "/a%20b"],
    ["/b\xc3\xbccher", "/b%C3%BCcher"],
  ])("%j is %s", async (location, path) => {
    await using served = await serve({ lookup });
    const origin = `http://models.test:${served.server.port}`;
    served.server.redirect("/deep/from", location.replace("PORT", String(served.server.port)));
    await get(served.client, `${origin}/deep/from`).catch(() => undefined);
    expect(served.server.requests[1]?.path).toBe(path);
  });

  test.each(["ftp://models.test/f", "file:///etc/passwd", "data:,x", "javascript:alert(1)", "http://", "http://a b/"])(
    "%s is not followed",
    async (location) => {
      await using served = await serve();
      served.server.redirect("/", location);
      await expect(get(served.client, served.server.origin)).rejects.toThrow(refused);
    },
  );

  test("nowhere is not followed, nor are two places", async () => {
    await using served = await serve();
    served.server.inject({ kind: "status", status: 302, times: 1 });
    await expect(get(served.client, served.server.origin)).rejects.toThrow(refused);
    served.server.route("/", async (_request, wire) => {
      await wire.write(Buffer.from("HTTP/1.1 302 Found\r\nLocation: /a\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n"));
    });
    await expect(get(served.client, served.server.origin)).rejects.toMatchObject({ code: "TRANSFER_ANSWER_INVALID" });
  });

  test("from https: to http: is not followed, the other way is", async () => {
    await using secure = await serve({}, { tls: true });
    await using plain = await startFaultServer();
    for (const server of [secure.server, plain]) server.put("/f", { content: Buffer.from("ok") });
    secure.server.redirect("/down", `${plain.origin}/f`);
    plain.redirect("/up", `${secure.server.origin}/f`);
    await expect(get(secure.client, `${secure.server.origin}/down`)).rejects.toThrow(refused);
    expect(plain.requests).toHaveLength(0);
    expect((await get(secure.client, `${plain.origin}/up`)).status).toBe(200);
  });
});

describe("credentials", () => {
  test("stay with their origin, and go on within it", async () => {
    await using two = await serveTwo();
    two.server.redirect("/here", "/f");
    two.server.redirect("/there", `${two.there}/f`);
    await get(two.client, `${two.here}/here`, { headers: credentials });
    expect(sent(two.server, 1)).toEqual(names);
    await get(two.client, `${two.here}/there`, { headers: { ...credentials, Range: "bytes=1-2", "If-Range": '"x"' } });
    expect(sent(two.server, 2)).toEqual(names);
    expect(sent(two.other)).toEqual([]);
    expect(two.other.requests[0]?.headers["range"]).toBe("bytes=1-2");
    expect(two.other.requests[0]?.headers["if-range"]).toBe('"x"');
  });

  test("another port, another name of the same machine, and another scheme are other origins", async () => {
    await using two = await serveTwo();
    await using secure = await startFaultServer({ tls: true });
    const client = httpClient({ lookup, ca: secure.ca ?? "" });
    two.server.redirect("/port", `http://models.test:${two.other.port}/f`);
    two.server.redirect("/name", `http://cdn.test:${two.server.port}/f`);
    two.server.redirect("/scheme", `https://models.test:${secure.port}/f`);
    for (const path of ["port", "name", "scheme"]) await get(client, `${two.here}/${path}`, { headers: credentials });
    expect(sent(two.other)).toEqual([]);
    expect(sent(two.server, 2)).toEqual([]);
    expect(secure.requests).toHaveLength(1);
    expect(sent(secure)).toEqual([]);
    client.close();
  });

  test("are not sent again when it leads back", async () => {
    await using two = await serveTwo();
    two.server.redirect("/there", `${two.there}/back`);
    two.other.redirect("/back", `${two.here}/f`);
    await get(two.client, `${two.here.replace("//", "//ada:hunter22@")}/there`, { headers: { "X-Api-Key": "key" } });
    expect(two.server.requests[0]?.headers["authorization"]).toBe(`Basic ${btoa("ada:hunter22")}`);
    expect(sent(two.server)).toEqual(["authorization", "x-api-key"]);
    expect(sent(two.other)).toEqual([]);
    expect(sent(two.server, 1)).toEqual([]);
  });

  test("of a URL go on within its origin", async () => {
    await using two = await serveTwo();
    two.server.redirect("/here", "/f");
    await get(two.client, `${two.here.replace("//", "//ada:hunter22@")}/here`);
    expect(two.server.requests[1]?.headers["authorization"]).toBe(`Basic ${btoa("ada:hunter22")}`);
  });

  test("by host go to each host that they are for, and to no other", async () => {
    const headers = {
      "models.test": { Authorization: "Bearer for-models" },
      "*.models.test": { Authorization: "Bearer for-below" },
    };
    await using two = await serveTwo({ headers }, true);
    two.server.redirect("/there", `${two.there}/below`);
    two.other.redirect("/below", `https://a.models.test:${two.other.port}/back`);
    two.other.redirect("/back", `${two.here}/f`);
    await get(two.client, `${two.here}/there`);
    expect(two.server.requests.map((request) => request.headers["authorization"])).toEqual([
      "Bearer for-models",
      "Bearer for-models",
    ]);
    expect(two.other.requests.map((request) => request.headers["authorization"])).toEqual([
      undefined,
      "Bearer for-below",
    ]);
  });
});

describe("methods", () => {
  test.each([
    [301, "POST", "GET"],
    [302, "POST", "GET"],
    [303, "POST", "GET"],
    [307, "POST", "POST"],
    [308, "POST", "POST"],
    [302, "HEAD", "HEAD"],
    [303, "HEAD", "HEAD"],
    [308, "GET", "GET"],
  ] as const)("%i of a %s asks for a %s", async (status, method, asked) => {
    await using two = await serveTwo();
    two.server.redirect("/from", `${two.there}/f`, { status });
    const body = method === "POST" ? { body: "{}", headers: { "Content-Type": "application/json" } } : {};
    await get(two.client, `${two.here}/from`, { method, ...body });
    const [request] = two.other.requests;
    expect(request?.method).toBe(asked);
    expect(String(request?.body)).toBe(asked === "POST" ? "{}" : "");
    expect(request?.headers["content-type"]).toBe(asked === "POST" ? "application/json" : undefined);
    expect(request?.headers["content-length"]).toBe(asked === "POST" ? "2" : undefined);
  });
});
