import { parseModelRef } from "@llama-orch/catalog-core";
import { fetchContext } from "@llama-orch/contract-tests";
import { describe, expect, onTestFinished, test } from "vitest";
import { startFaultServer, startTestProxy } from "../../../../tools/fault-server/src/index.ts";
import { s3Failure } from "../../../../tools/test-s3/src/index.ts";
import { s3Fetcher } from "../s3-fetcher.ts";
import type { S3FetcherOptions } from "../s3-fetcher-options.ts";
import { openSetting, type Setting } from "../testing/setting.ts";

const regions = ["us-east-1", "eu-west-1"] as const;

/** All of AWS on this machine: a proxy leads each region's host to its endpoint. */
async function setUpAws(options: S3FetcherOptions = {}): Promise<Setting> {
  const setting = await openSetting({}, { regions, tls: true });
  const { s3 } = setting;
  const proxy = await startTestProxy({
    resolve(host) {
      const region = /\.([a-z0-9-]+)\.amazonaws\.com$/.exec(host)?.[1];
      return { host: "127.0.0.1", port: region === "eu-west-1" ? s3.endpoint("eu-west-1").port : s3.port };
    },
  });
  onTestFinished(async () => {
    await proxy[Symbol.asyncDispose]();
    await setting[Symbol.asyncDispose]();
  });
  const { credentials, ca } = s3;
  return setting.using(
    s3Fetcher({
      credentials,
      ...(ca !== undefined && { ca }),
      proxy: { https: proxy.origin },
      maxRetries: 0,
      ...options,
    }),
  );
}

const hostsOf = ({ s3 }: Setting): readonly (string | undefined)[] => s3.requests.map(({ headers }) => headers["host"]);

describe("AWS, without an endpoint", () => {
  test("a bucket of the first region is asked for by its host", async () => {
    const setting = await setUpAws();
    setting.s3.putObject("models", "model.gguf", "weights");
    expect(await setting.fetch("s3://models/model.gguf")).toMatchObject({ movedBytes: 7 });
    expect(new Set(hostsOf(setting))).toEqual(new Set(["models.s3.us-east-1.amazonaws.com"]));
    expect((await setting.plan("s3://models/model.gguf")).source).toBe(
      "https://models.s3.us-east-1.amazonaws.com/model.gguf",
    );
  });

  test.for(["permanent", "temporary"] as const)(
    "a %s redirect leads to the bucket's own region, once",
    async (redirect) => {
      const setting = await setUpAws();
      setting.s3.bucket("models", { region: "eu-west-1", redirect });
      setting.s3.putObject("models", "model.gguf", "weights");
      setting.s3.putObject("models", "m/a", "weights");
      expect(await setting.fetch("s3://models/model.gguf")).toMatchObject({ movedBytes: 7 });
      expect(hostsOf(setting)).toEqual([
        "models.s3.us-east-1.amazonaws.com",
        "models.s3.eu-west-1.amazonaws.com",
        "models.s3.eu-west-1.amazonaws.com",
      ]);
      await setting.fetch("s3://models/m/");
      expect(hostsOf(setting).filter((host) => host?.includes("us-east-1"))).toHaveLength(1);
    },
  );

  test("a list is led there as well", async () => {
    const setting = await setUpAws();
    setting.s3.bucket("models", { region: "eu-west-1" });
    setting.s3.putObject("models", "m/a", "weights");
    expect((await setting.fetch("s3://models/m/")).files).toMatchObject([{ path: "a" }]);
  });

  test.for([
    ["<Endpoint>models.s3-eu-west-1.amazonaws.com</Endpoint>", {}],
    ["<Endpoint>models.s3.EU-west-1.amazonaws.com</Endpoint>", { "x-amz-bucket-region": "evil.example/#" }],
    ["<Endpoint>evil.example</Endpoint><Region>eu-west-1</Region>", {}],
  ] as const)("the words tell it as well, and only a region is taken of them: %s", async ([words, headers]) => {
    const setting = await setUpAws();
    setting.s3.bucket("models", { region: "eu-west-1" });
    setting.s3.putObject("models", "model.gguf", "weights");
    const body = `<Error><Code>PermanentRedirect</Code>${words}</Error>`;
    setting.s3.inject({
      kind: "status",
      status: 301,
      headers,
      body,
      when: (request) => request.headers["host"]?.includes("us-east-1") === true,
    });
    expect(await setting.fetch("s3://models/model.gguf")).toMatchObject({ movedBytes: 7 });
    expect(hostsOf(setting).at(-1)).toBe("models.s3.eu-west-1.amazonaws.com");
  });

  test.for(["evil.example", "s3.us-east-1.amazonaws.com.evil.example", "models.s3.us-east-1.amazonaws.com"])(
    "a redirect to %s leads nowhere",
    async (host) => {
      const setting = await setUpAws();
      setting.s3.putObject("models", "model.gguf", "weights");
      const body = `<Error><Code>PermanentRedirect</Code><Endpoint>${host}</Endpoint></Error>`;
      setting.s3.inject({ kind: "status", status: 301, headers: { Location: `https://${host}:8443/` }, body });
      expect(await setting.failure("s3://models/model.gguf")).toMatchObject({ code: "S3_REGION_WRONG" });
      // HEAD, and GET for the words.
      expect(hostsOf(setting)).toEqual(Array.from({ length: 2 }, () => "models.s3.us-east-1.amazonaws.com"));
    },
  );

  test("a bucket that moves while it is fetched is looked for again", async () => {
    const setting = await setUpAws();
    setting.s3.putObject("models", "model.gguf", "weights");
    const plan = await setting.plan("s3://models/model.gguf");
    setting.s3.bucket("models", { region: "eu-west-1" });
    const { tempIngest } = await import("@llama-orch/contract-tests");
    const { ingest, dispose } = await tempIngest();
    onTestFinished(dispose);
    expect(await setting.fetcher.fetch(plan, ingest, fetchContext())).toMatchObject({ movedBytes: 7 });
  });
});

describe("a server of one's own", () => {
  test("that wants another region is given it, at the same endpoint", async () => {
    const setting = await openSetting({ region: "nowhere" }, { regions: ["garage"] });
    onTestFinished(() => setting[Symbol.asyncDispose]());
    setting.s3.putObject("models", "model.gguf", "weights");
    expect(await setting.fetch("s3://models/model.gguf")).toMatchObject({ movedBytes: 7 });
    expect(await setting.fetch("s3://models/")).toMatchObject({ files: [{ path: "model.gguf" }] });
    const scopes = setting.s3.requests.map(({ path }) => /X-Amz-Credential=[^&]*%2F(\w+)%2Fs3/.exec(path)?.[1]);
    expect(scopes.filter((scope) => scope === "nowhere")).toHaveLength(1);
    expect(scopes.at(-1)).toBe("garage");
  });

  test("that tells no region in the header tells it in the words", async () => {
    const setting = await openSetting({ region: "nowhere" }, { regions: ["garage"] });
    onTestFinished(() => setting[Symbol.asyncDispose]());
    setting.s3.putObject("models", "model.gguf", "weights");
    setting.s3.inject({ kind: "headers", headers: { "x-amz-bucket-region": null } });
    expect(await setting.fetch("s3://models/model.gguf")).toMatchObject({ movedBytes: 7 });
  });

  test.for(["permanent", "temporary"] as const)(
    "is not left for another host, whatever it says (%s)",
    async (redirect) => {
      const setting = await openSetting({}, { regions });
      onTestFinished(() => setting[Symbol.asyncDispose]());
      const { s3 } = setting;
      s3.bucket("models", { region: "eu-west-1", redirect });
      s3.putObject("models", "model.gguf", "weights");
      const error = await setting.failure("s3://models/model.gguf");
      expect(error).toMatchObject({
        code: "S3_REGION_WRONG",
        category: "usage",
        facts: { bucket: "models", region: "eu-west-1" },
      });
      expect(error.hint).toContain("eu-west-1");
      expect(s3.requests.every(({ headers }) => headers["host"] === `127.0.0.1:${s3.port}`)).toBe(true);
    },
  );

  test("that redirects to a stranger gives it neither credentials nor a signature", async () => {
    const stranger = await startFaultServer();
    const setting = await openSetting({ maxRetries: 0 });
    onTestFinished(async () => {
      await stranger.close();
      await setting[Symbol.asyncDispose]();
    });
    const { s3, fetcher } = setting;
    s3.putObject("models", "model.gguf", "weights");
    stranger.put("/stolen", { content: Buffer.from("weights") });
    s3.inject({ kind: "status", status: 307, headers: { Location: `${stranger.origin}/stolen` } });
    for (const reference of ["s3://models/model.gguf", "s3://models/"]) {
      const error: unknown = await fetcher
        .plan(parseModelRef(reference), fetchContext())
        .catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: "S3_REGION_WRONG" });
    }
    expect(stranger.requests).toEqual([]);
  });

  test("that redirects a GET to a stranger has told it nothing", async () => {
    const stranger = await startFaultServer();
    const setting = await openSetting({ maxRetries: 0, requesterPays: true });
    onTestFinished(async () => {
      await stranger.close();
      await setting[Symbol.asyncDispose]();
    });
    const { s3 } = setting;
    const { etag } = s3.putObject("models", "model.gguf", "weights", { checksums: [] });
    stranger.put("/cdn", { content: Buffer.from("weights"), ...(etag !== null && { etag }) });
    s3.inject({
      kind: "status",
      status: 307,
      headers: { Location: `${stranger.origin}/cdn` },
      when: ({ method }) => method === "GET",
    });
    expect(await setting.fetch("s3://models/model.gguf")).toMatchObject({ movedBytes: 7 });
    expect(stranger.requests).toHaveLength(1);
    const said = JSON.stringify(stranger.requests.map(({ path, headers }) => ({ path, headers })));
    expect(said).not.toMatch(/amz|authorization/i);
  });

  test("with keys that no region takes says so", async () => {
    const setting = await openSetting();
    onTestFinished(() => setting[Symbol.asyncDispose]());
    setting.s3.putObject("models", "model.gguf", "weights");
    setting.s3.inject(s3Failure("AuthorizationHeaderMalformed"));
    expect(await setting.failure("s3://models/model.gguf")).toMatchObject({ code: "S3_CREDENTIALS_INVALID" });
  });
});
