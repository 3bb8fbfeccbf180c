import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { parseS3Options, type S3FetcherOptions } from "../s3-fetcher-options.ts";
import { isolateAws } from "../testing/isolate-aws.ts";
import { loadSurroundings, type Surroundings } from "./surroundings.ts";

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "s3-surroundings-"));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  isolateAws(home);
});

async function load(options: S3FetcherOptions = {}): Promise<Surroundings> {
  return loadSurroundings(parseS3Options(options));
}

test("with nothing set up it is AWS, and us-east-1 to begin with", async () => {
  expect(await load()).toEqual({ endpoint: undefined, region: "us-east-1", addressing: undefined });
});

describe("regions", () => {
  test("the option, AWS_REGION, AWS_DEFAULT_REGION, the profile: in this order", async () => {
    await writeFile(join(home, "config"), "[default]\nregion = eu-north-1\n");
    expect(await load()).toMatchObject({ region: "eu-north-1" });
    vi.stubEnv("AWS_DEFAULT_REGION", "eu-west-3");
    expect(await load()).toMatchObject({ region: "eu-west-3" });
    vi.stubEnv("AWS_REGION", "eu-west-1");
    expect(await load()).toMatchObject({ region: "eu-west-1" });
    expect(await load({ region: "auto" })).toMatchObject({ region: "auto" });
  });

  test("an endpoint of AWS that names its region is of that one", async () => {
    vi.stubEnv("AWS_REGION", "eu-west-1");
    expect(await load({ endpoint: "https://s3.eu-north-1.amazonaws.com" })).toMatchObject({ region: "eu-north-1" });
    expect(await load({ endpoint: "https://s3.amazonaws.com" })).toMatchObject({ region: "eu-west-1" });
    expect(await load({ endpoint: "https://s3.example.com" })).toMatchObject({ region: "eu-west-1" });
  });

  test("one that is none is refused, and never becomes part of a host", async () => {
    vi.stubEnv("AWS_REGION", "evil.example/#");
    await expect(load()).rejects.toMatchObject({ code: "S3_OPTION_INVALID", facts: { option: "region" } });
  });
});

describe("endpoints", () => {
  test("the option, AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, the profile: in this order", async () => {
    const endpoint = async (options?: S3FetcherOptions): Promise<string | undefined> =>
      (await load(options)).endpoint?.href;
    await writeFile(join(home, "config"), "[default]\nendpoint_url = http://profile.test\n");
    expect(await endpoint()).toBe("http://profile.test/");
    vi.stubEnv("AWS_ENDPOINT_URL", "http://all.test");
    expect(await endpoint()).toBe("http://all.test/");
    vi.stubEnv("AWS_ENDPOINT_URL_S3", "http://s3.test");
    expect(await endpoint()).toBe("http://s3.test/");
    expect(await endpoint({ endpoint: "http://option.test" })).toBe("http://option.test/");
    vi.stubEnv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true");
    expect(await endpoint()).toBeUndefined();
  });

  test("one of the service in the profile comes before that of all services", async () => {
    await writeFile(
      join(home, "config"),
      "[profile lab]\nendpoint_url = http://all.test\nservices = lab-services\ns3 =\n  addressing_style = virtual\n\n[services lab-services]\ns3 =\n  endpoint_url = http://s3.lab.test\n",
    );
    expect(await load({ profile: "lab" })).toMatchObject({
      endpoint: new URL("http://s3.lab.test"),
      addressing: "virtual-host",
    });
    vi.stubEnv("AWS_PROFILE", "lab");
    expect(await load()).toMatchObject({ endpoint: new URL("http://s3.lab.test") });
  });

  test("one that is none is refused", async () => {
    vi.stubEnv("AWS_ENDPOINT_URL", "nonsense");
    await expect(load()).rejects.toMatchObject({ code: "S3_OPTION_INVALID", facts: { option: "endpoint" } });
  });
});

test("what a user changes while the program runs is seen", async () => {
  await writeFile(join(home, "config"), "[default]\nregion = eu-north-1\n");
  expect(await load()).toMatchObject({ region: "eu-north-1" });
  await writeFile(join(home, "config"), "[default]\nregion = eu-south-1\ns3 =\n  addressing_style = path\n");
  expect(await load()).toMatchObject({ region: "eu-south-1", addressing: "path" });
});
