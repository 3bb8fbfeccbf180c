import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { sha256Of, startFaultServer, startTestProxy } from "../../../../tools/fault-server/src/index.ts";
import { type Place, sawOnStderr, test } from "../testing/place.ts";

const content = Buffer.from("abc");
const abc = `sha256:${sha256Of(content)}`;
const zeros = `sha256:${"0".repeat(64)}`;
const damaged = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
const secret = "Tr0ub4dor-and-3-more";

describe("ensure of a file of a web server", () => {
  test("prints its path, and asks nobody from then on", async ({ place }) => {
    await using server = await startFaultServer();
    server.put("/models/model.gguf", { content });
    const url = `${server.origin}/models/model.gguf`;
    const { exitCode, stdout, stderr } = await place.run("ensure", url, "--digest", abc);
    expect(exitCode).toBe(0);
    expect(await readFile(stdout.trimEnd(), "utf8")).toBe("abc");
    expect(stdout).toMatch(/\/model\.gguf\n$/);
    expect(stderr).toMatch(
      new RegExp(`^ensuring ${url} \\(1 file, 3 B\\)\nready: ${url} \\(verified, 3 B staged, .*\\)\n$`),
    );
    const asked = server.requests.length;
    expect(await place.run("ensure", url, "--quiet", "--offline")).toEqual({ exitCode: 0, stdout, stderr: "" });
    expect(server.requests).toHaveLength(asked);
  });

  test("that nobody vouches for is unverified, and says so to programs", async ({ place }) => {
    await using server = await startFaultServer();
    server.put("/model.gguf", { content });
    const { stdout } = await place.run("ensure", `${server.origin}/model.gguf`, "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      trust: "unverified",
      digest: abc,
      stagedBytes: 3,
      verification: { outcome: "skipped" },
    });
  });

  test("goes over TLS by an authority of one's own, and only where it is named", async ({ place }) => {
    await using server = await startFaultServer({ tls: true });
    server.put("/model.gguf", { content });
    const url = `${server.origin}/model.gguf`;
    const distrusted = await place.run("ensure", url, "--quiet");
    expect(distrusted).toMatchObject({ exitCode: 6, stdout: "" });
    expect(distrusted.stderr).toMatch(/^error: .*not trusted.*\nhint: .*SSL_CERT_FILE\.\n$/);
    const SSL_CERT_FILE = await place.file("ca.pem", server.ca ?? "");
    expect(await place.runWith({ SSL_CERT_FILE }, "ensure", url, "--quiet")).toMatchObject({ exitCode: 0, stderr: "" });
  });

  test("wants a certificate file that can be used", async ({ place }) => {
    for (const path of [
      place.at("absent.pem"),
      place.folder,
      await place.file("empty.pem", ""),
      await place.file("damaged.pem", damaged),
    ]) {
      const { exitCode, stdout, stderr } = await place.runWith(
        { SSL_CERT_FILE: path },
        "ensure",
        "https://127.0.0.1:9/m",
      );
      expect({ path, exitCode, stdout }).toEqual({ path, exitCode: 2, stdout: "" });
      expect(stderr).toMatch(/^error: .*SSL_CERT_FILE is .*\nhint: Set it to a PEM file .*\n$/);
    }
  });

  test("goes by the proxy of the environment, and not where NO_PROXY names the host", async ({ place }) => {
    await using server = await startFaultServer({ tls: true });
    await using proxy = await startTestProxy({ auth: `user:${secret}` });
    server.put("/model.gguf", { content });
    const url = `${server.origin}/model.gguf`;
    const HTTPS_PROXY = `http://user:${secret}@127.0.0.1:${proxy.port}`;
    const env = { HTTPS_PROXY, SSL_CERT_FILE: await place.file("ca.pem", server.ca ?? "") };
    const around = await place.runWith({ ...env, NO_PROXY: "localhost" }, "ensure", url, "--dry-run");
    expect({ exitCode: around.exitCode, requests: proxy.requests.length }).toEqual({ exitCode: 0, requests: 0 });
    const through = await place.runWith(env, "ensure", url, "--log-format", "json");
    expect(through.exitCode).toBe(0);
    expect(proxy.requests[0]).toMatchObject({ method: "CONNECT", target: `localhost:${server.port}` });
    const wrong = await place.runWith({ ...env, HTTPS_PROXY: proxy.origin }, "ensure", `${url}?other`);
    expect(wrong).toMatchObject({ exitCode: 6, stdout: "" });
    await expectNoSecret(place, [around, through, wrong]);
  });

  test("--addresses public asks nobody in a private network", async ({ place }) => {
    await using server = await startFaultServer();
    const { exitCode, stderr } = await place.run("ensure", `${server.origin}/m`, "--addresses", "public");
    expect(exitCode).toBe(7);
    expect(stderr).toMatch(/^hint: --addresses public /m);
    expect(server.connections).toBe(0);
  });

  test("--dry-run says what would move and whether it fits, and moves nothing", async ({ place }) => {
    await using server = await startFaultServer();
    server.put("/model.gguf", { content });
    const url = `${server.origin}/model.gguf`;
    const planned = await place.run("ensure", url, "--dry-run");
    expect(planned).toMatchObject({ exitCode: 0, stderr: "" });
    expect(planned.stdout).toMatch(
      new RegExp(`^${url} would be fetched from ${url}: 1 file, 3 B; takes 3 B, and [\\d.]+ .B are free\n$`),
    );
    expect(server.bodyBytesSent).toBe(0);
    expect(await readdir(place.folder)).toEqual([]);
    server.put("/huge.gguf", { content: { sizeBytes: 2 ** 43, seed: 1 } });
    const huge = await place.run("ensure", `${server.origin}/huge.gguf`, "--dry-run");
    expect(huge.exitCode).toBe(0);
    expect(huge.stdout).toMatch(/; takes 8\.8 TB, and [\d.]+ .B are free: it does not fit\n$/);
    const json = await place.run("ensure", `${server.origin}/huge.gguf`, "--dry-run", "--json");
    expect(JSON.parse(json.stdout)).toMatchObject({ demand: { neededBytes: 2 ** 43, fits: false } });
  });
});

describe("a file of a web server that cannot be had", () => {
  test.for([
    { code: "TRANSFER_NOT_FOUND", exitCode: 3, path: "/absent.gguf" },
    { code: "TRANSFER_FORBIDDEN", exitCode: 7, status: 403 },
    { code: "TRANSFER_UNAUTHORIZED", exitCode: 7, status: 401 },
    { code: "TRANSFER_HTML_PAGE", exitCode: 6, html: true },
    { code: "DIGEST_MISMATCH", exitCode: 4, digest: zeros },
  ])("with $code is exit code $exitCode", async ({ code, exitCode, path, status, html, digest }, { place }) => {
    await using server = await startFaultServer();
    server.put("/model.gguf", { content });
    if (status !== undefined) server.inject({ kind: "status", status });
    if (html === true) server.inject({ kind: "html" });
    const args = [
      "ensure",
      `${server.origin}${path ?? "/model.gguf"}`,
      "--quiet",
      ...(digest ? ["--digest", digest] : []),
    ];
    const text = await place.run(...args);
    expect(text).toMatchObject({ exitCode, stdout: "" });
    expect(text.stderr).toMatch(/^error: [^\n]+\nhint: [^\n]+\n$/);
    const json = await place.run(...args, "--json");
    expect(json).toMatchObject({ exitCode, stdout: "" });
    expect(JSON.parse(json.stderr)).toMatchObject({ error: { code } });
    expect((await place.run("list", "--quiet")).stdout).toBe("");
  });

  test("for nobody listens there is exit code 6", async ({ place }) => {
    const server = await startFaultServer();
    await server.close();
    const { exitCode, stderr } = await place.run("ensure", `${server.origin}/m`, "--json", "--quiet");
    expect(exitCode).toBe(6);
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: "TRANSFER_UNREACHABLE" } });
  });

  test("offline is exit code 7, and nobody is asked", async ({ place }) => {
    await using server = await startFaultServer();
    expect(await place.run("ensure", `${server.origin}/m`, "--offline")).toMatchObject({ exitCode: 7, stdout: "" });
    expect(server.connections).toBe(0);
  });
});

test.skipIf(process.platform === "win32")(
  "an interrupted download is gone on with by the next run, which moves only the rest",
  async ({ place }) => {
    await using server = await startFaultServer();
    const spec = { sizeBytes: 20_000_000, seed: "interrupted" };
    server.put("/model.gguf", { content: spec });
    const stalled = server.inject({ kind: "stall", afterBytes: 6_000_000 });
    const url = `${server.origin}/model.gguf`;
    const running = place.start("ensure", url, "--log-format", "json");
    await sawOnStderr(running, /"fetch-progress","path":"model\.gguf","receivedBytes":[1-9]\d{6}/);
    running.kill("SIGINT");
    expect(await running).toMatchObject({ exitCode: 130, stdout: "" });
    expect((await place.run("list", "--quiet")).stdout).toBe("");
    stalled.withdraw();
    const again = await place.run("ensure", url, "--log-format", "json");
    expect(again.exitCode).toBe(0);
    const { movedBytes, reusedBytes } = fetchFinished(again.stderr);
    expect(reusedBytes).toBeGreaterThan(0);
    expect(movedBytes).toBe(spec.sizeBytes - reusedBytes);
  },
);

describe("headers for servers", () => {
  test("go to their host, and to no other one", async ({ place }) => {
    await using server = await startFaultServer();
    server.put("/model.gguf", { content });
    const env = {
      MODEL_PROVISIONER_HTTP_HEADERS: [
        `127.0.0.1:${server.port} Authorization: Bearer ${secret}`,
        "",
        `127.0.0.1:${server.port} X-Team: models`,
        `other.example Authorization: Bearer other-${secret}`,
      ].join("\n"),
    };
    expect(await place.runWith(env, "ensure", `${server.origin}/model.gguf`)).toMatchObject({ exitCode: 0 });
    for (const { headers } of server.requests) {
      expect(headers).toMatchObject({ authorization: `Bearer ${secret}`, "x-team": "models" });
    }
    server.redirect("/elsewhere", `http://localhost:${server.port}/model.gguf`);
    await place.runWith(env, "ensure", `${server.origin}/elsewhere`);
    const redirected = server.requests.filter(({ headers }) => headers["host"]?.startsWith("localhost"));
    expect(redirected.length).toBeGreaterThan(0);
    for (const { headers } of redirected) expect(headers).not.toHaveProperty("authorization");
  });

  test("that make no sense are wrong usage, and are not repeated", async ({ place }) => {
    const lines = [`Authorization: Bearer ${secret}`, `host ${secret}`, `host: X: ${secret}`, `host X${secret}`];
    for (const line of lines) {
      const env = { MODEL_PROVISIONER_HTTP_HEADERS: `\n${line}` };
      const { exitCode, stdout, stderr } = await place.runWith(env, "ensure", "https://127.0.0.1:9/m");
      expect({ line, exitCode, stdout }).toEqual({ line, exitCode: 2, stdout: "" });
      expect(stderr).toMatch(/^error: .*Line 2 of MODEL_PROVISIONER_HTTP_HEADERS .*\nhint: [^\n]+\n$/);
      expect(stderr).not.toContain(secret);
    }
  });
});

test("a secret in a header, in userinfo or in a signed URL is in no output and in no file of the cache", async ({
  place,
}) => {
  await using server = await startFaultServer();
  const { port, origin } = server;
  server.put("/model.gguf", { content });
  server.route("/echo.gguf", (request, respond) => {
    const all = `${request.path} ${JSON.stringify(request.headers)}`;
    const body = request.method === "HEAD" ? "" : all;
    return respond.write(
      Buffer.from(`HTTP/1.1 403 ${secret}\r\nX-Echo: ${all}\r\nContent-Length: ${all.length}\r\n\r\n${body}`),
    );
  });
  server.redirect("/signed.gguf", `${origin}/model.gguf?X-Amz-Signature=${secret}&X-Amz-Credential=${secret}`);
  const env = { MODEL_PROVISIONER_HTTP_HEADERS: `127.0.0.1:${port} Authorization: Bearer ${secret}` };
  const references = [
    { url: `${origin}/model.gguf`, env },
    { url: `http://user:${secret}@127.0.0.1:${port}/model.gguf?v=2`, env: {} },
    { url: `${origin}/model.gguf?X-Amz-Signature=${secret}&v=3`, env: {} },
    { url: `${origin}/signed.gguf`, env },
    { url: `http://user:${secret}@127.0.0.1:${port}/echo.gguf?token=${secret}`, env },
    { url: `http://user:${secret}@127.0.0.1:${port}/absent.gguf?token=${secret}`, env },
  ];
  const outcomes = [];
  for (const { url, env: given } of references) {
    for (const form of [["--dry-run"], ["--json", "--log-format", "json"], []]) {
      outcomes.push(await place.runWith({ ...given, MODEL_PROVISIONER_DEBUG: "1" }, "ensure", url, ...form));
    }
    outcomes.push(await place.runWith(given, "show", url), await place.runWith(given, "path", url, "--json"));
  }
  outcomes.push(await place.runWith(env, "list", "--json"), await place.runWith(env, "doctor", "--offline"));
  expect(new Set(outcomes.map(({ exitCode }) => exitCode))).toEqual(new Set([0, 3, 7]));
  await expectNoSecret(place, outcomes);
});

async function expectNoSecret(
  { cache }: Place,
  outcomes: readonly { readonly stdout: string; readonly stderr: string }[],
): Promise<void> {
  const forms = [secret, Buffer.from(`user:${secret}`).toString("base64")];
  const files = (await readdir(cache, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const contents = await Promise.all(
    files.map(async ({ parentPath, name }) => `${name} ${await readFile(join(parentPath, name), "latin1")}`),
  );
  expect(contents.length).toBeGreaterThan(0);
  for (const text of [...contents, ...outcomes.flatMap(({ stdout, stderr }) => [stdout, stderr])]) {
    for (const form of forms) expect(text).not.toContain(form);
  }
}

function fetchFinished(stderr: string): { readonly movedBytes: number; readonly reusedBytes: number } {
  const line = stderr.split("\n").find((each) => each.includes('"fetch-finished"')) ?? "{}";
  return JSON.parse(line) as { movedBytes: number; reusedBytes: number };
}

test("bytes that are here by their digest are put on record with who has planned them, though nobody fetched them", async ({
  place,
}) => {
  await using server = await startFaultServer();
  for (const path of ["/one.gguf", "/two.gguf"]) server.put(path, { content: Buffer.from("abc") });
  const digest = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  for (const path of ["/one.gguf", "/two.gguf"]) {
    expect(await place.run("ensure", server.origin + path, "--digest", digest)).toMatchObject({ exitCode: 0 });
  }
  const { stdout } = await place.run("show", `${server.origin}/two.gguf`, "--json");
  expect(JSON.parse(stdout)).toMatchObject({ provenance: { fetcher: "fetcher-http", fetcherVersion: "0.0.0" } });
});
