import { describe, expect } from "vitest";
import { startFaultServer } from "../../../../tools/fault-server/src/index.ts";
import { test } from "../testing/place.ts";

const secret = "Tr0ub4dor-and-3-more";

describe("what doctor says of http: and https: models", () => {
  test("is that they are served, and directly where nothing is set", async ({ place }) => {
    const { exitCode, stdout } = await place.run("doctor", "--offline");
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^schemes .* http: https: oci: s3:$/m);
    expect(stdout).toMatch(/^https proxy +none: servers are asked directly$/m);
    expect(stdout).not.toMatch(/^extra CA|^headers/m);
    const json = await place.run("doctor", "--offline", "--json");
    expect(JSON.parse(json.stdout)).toMatchObject({ http: { noProxy: [], headersFor: [] } });
  });

  test("is by which proxies, certificates and headers, without a secret", async ({ place }) => {
    await using server = await startFaultServer({ tls: true });
    const certificates = await place.file("ca.pem", server.ca ?? "");
    const env = {
      HTTPS_PROXY: `http://user:${secret}@proxy.example:3128`,
      http_proxy: "plain.example:80",
      NO_PROXY: "localhost,.corp.example",
      SSL_CERT_FILE: certificates,
      MODEL_PROVISIONER_HTTP_HEADERS: `models.example Authorization: Bearer ${secret}`,
    };
    const text = await place.runWith(env, "doctor", "--offline");
    expect(text.exitCode).toBe(0);
    expect(text.stdout).toContain("https proxy  http://proxy.example:3128 (not for localhost, .corp.example)\n");
    expect(text.stdout).toMatch(/^http proxy +http:\/\/plain\.example \(not for /m);
    expect(text.stdout).toContain(`extra CA     ${certificates} (SSL_CERT_FILE)\n`);
    expect(text.stdout).toContain("headers      for models.example (MODEL_PROVISIONER_HTTP_HEADERS)\n");
    const json = await place.runWith(env, "doctor", "--offline", "--json");
    expect(JSON.parse(json.stdout)).toMatchObject({
      http: {
        httpsProxy: "http://proxy.example:3128",
        httpProxy: "http://plain.example",
        noProxy: ["localhost", ".corp.example"],
        certificates,
        headersFor: ["models.example"],
      },
    });
    expect(text.stdout + text.stderr + json.stdout + json.stderr).not.toContain(secret);
  });

  test.for([
    { SSL_CERT_FILE: "/does/not/exist.pem" },
    { HTTPS_PROXY: `socks5://user:${secret}@proxy.example` },
    { MODEL_PROVISIONER_HTTP_HEADERS: secret },
  ])("is a problem where it makes no sense: %j", async (env, { place }) => {
    const { exitCode, stdout, stderr } = await place.runWith(env, "doctor", "--offline");
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^warning: [^\n]+\nhint: [^\n]+\n$/);
    expect(stdout + stderr).not.toContain(secret);
  });
});
