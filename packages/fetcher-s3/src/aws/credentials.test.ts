import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { randomKey, startCredentialsServer } from "../../../../tools/test-s3/src/index.ts";
import { parseS3Options, type S3FetcherOptions } from "../s3-fetcher-options.ts";
import { isolateAws } from "../testing/isolate-aws.ts";
import { CredentialSource, type S3Credentials } from "./credentials.ts";

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "s3-credentials-"));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  isolateAws(home);
});

function sourceOf(options: S3FetcherOptions = {}): CredentialSource {
  return new CredentialSource(parseS3Options(options));
}

const key = (name: string, more: Partial<S3Credentials> = {}): S3Credentials => ({
  accessKeyId: `TEST${name}`,
  secretAccessKey: `the secret of ${name}`,
  ...more,
});

describe("AWS's chain", () => {
  test("finds what stands in the environment", async () => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", "TESTENV");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "the secret of env");
    vi.stubEnv("AWS_SESSION_TOKEN", "the token of env");
    expect(await sourceOf().get()).toMatchObject({ accessKeyId: "TESTENV", sessionToken: "the token of env" });
  });

  test("finds a profile; by option or by AWS_PROFILE another one", async () => {
    const profile = (name: string): string =>
      `[${name}]\naws_access_key_id = TEST${name}\naws_secret_access_key = secret-of-${name}\n`;
    await writeFile(join(home, "credentials"), profile("default") + profile("lab"));
    expect(await sourceOf().get()).toMatchObject({ accessKeyId: "TESTdefault" });
    expect(await sourceOf({ profile: "lab" }).get()).toMatchObject({ accessKeyId: "TESTlab" });
    vi.stubEnv("AWS_PROFILE", "lab");
    expect(await sourceOf().get()).toMatchObject({ accessKeyId: "TESTlab" });
  });

  test("takes a profile before a key of the environment, as AWS does, and writes nothing to the console", async () => {
    const warn = vi.spyOn(console, "warn");
    onTestFinished(() => warn.mockRestore());
    await writeFile(
      join(home, "credentials"),
      "[lab]\naws_access_key_id = TESTlab\naws_secret_access_key = secret-of-lab\n",
    );
    vi.stubEnv("AWS_ACCESS_KEY_ID", "TESTENV");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "the secret of env");
    vi.stubEnv("AWS_PROFILE", "lab");
    expect(await sourceOf().get()).toMatchObject({ accessKeyId: "TESTlab" });
    expect(warn).not.toHaveBeenCalled();
  });

  test("finds those of a container, and gets others when they are refused", async () => {
    const credentials = { ...randomKey(), sessionToken: "the token of a container" };
    await using server = await startCredentialsServer({ credentials });
    vi.stubEnv("AWS_CONTAINER_CREDENTIALS_FULL_URI", server.containerUri);
    const source = sourceOf();
    const first = await source.get();
    expect(first).toMatchObject({ accessKeyId: credentials.accessKeyId, sessionToken: credentials.sessionToken });
    server.setCredentials({ ...randomKey(), sessionToken: "the next token" });
    expect(first && (await source.renewed(first))).toMatchObject({ sessionToken: "the next token" });
  });

  test("finds those of an instance", async () => {
    const credentials = { ...randomKey(), sessionToken: "the token of an instance" };
    await using server = await startCredentialsServer({ credentials });
    vi.stubEnv("AWS_EC2_METADATA_DISABLED", undefined);
    vi.stubEnv("AWS_EC2_METADATA_SERVICE_ENDPOINT", server.origin);
    expect(await sourceOf().get()).toMatchObject({ accessKeyId: credentials.accessKeyId });
  });

  test("finds those of a web identity", async () => {
    const credentials = { ...randomKey(), sessionToken: "the token of an identity" };
    await using server = await startCredentialsServer({ credentials, webIdentityToken: "whoami" });
    await writeFile(join(home, "token"), "whoami");
    vi.stubEnv("AWS_ENDPOINT_URL_STS", server.origin);
    vi.stubEnv("AWS_REGION", "us-east-1");
    vi.stubEnv("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/reader");
    vi.stubEnv("AWS_WEB_IDENTITY_TOKEN_FILE", join(home, "token"));
    expect(await sourceOf().get()).toMatchObject({ accessKeyId: credentials.accessKeyId });
  });

  // The program is a script with a `#!` line, which Windows does not run.
  test.skipIf(process.platform === "win32")("finds those that a program prints", async () => {
    const printed = JSON.stringify({ Version: 1, AccessKeyId: "TESTPROCESS", SecretAccessKey: "secret-of-a-program" });
    await writeFile(join(home, "print.json"), printed);
    await writeFile(join(home, "config"), `[default]\ncredential_process = cat ${join(home, "print.json")}\n`);
    expect(await sourceOf().get()).toMatchObject({ accessKeyId: "TESTPROCESS" });
  });

  test("of nothing at all gives nothing, and that is no error", async () => {
    expect(await sourceOf().get()).toBeUndefined();
    expect(await sourceOf({ profile: "absent" }).get()).toBeUndefined();
  });

  test("that is set up, and fails, is an error: a session of SSO that is over", async () => {
    await writeFile(
      join(home, "config"),
      "[profile sso]\nsso_session = s\nsso_account_id = 123456789012\nsso_role_name = r\n\n[sso-session s]\nsso_region = us-east-1\nsso_start_url = https://sso.test/start\n",
    );
    await expect(sourceOf({ profile: "sso" }).get()).rejects.toMatchObject({
      code: "S3_CREDENTIALS_FAILED",
      category: "not-allowed",
      hint: expect.stringContaining("aws sso login"),
      facts: { profile: "sso" },
    });
  });

  test("is read anew after it was refused: people log in while a program runs", async () => {
    const write = async (name: string): Promise<void> =>
      writeFile(
        join(home, "credentials"),
        `[default]\naws_access_key_id = TEST${name}\naws_secret_access_key = secret-of-${name}\n`,
      );
    await write("old");
    const source = sourceOf();
    const old = await source.get();
    expect(old).toMatchObject({ accessKeyId: "TESTold" });
    expect(old && (await source.renewed(old))).toBeUndefined();
    await write("new");
    expect(old && (await source.renewed(old))).toMatchObject({ accessKeyId: "TESTnew" });
  });
});

describe("given ones", () => {
  test("are taken as they are; refused, there are no others", async () => {
    const source = sourceOf({ credentials: key("given") });
    expect(await source.get()).toEqual(key("given"));
    expect(await source.renewed(key("given"))).toBeUndefined();
  });

  test("nobody is nobody, whatever the environment has", async () => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", "TESTENV");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "the secret of env");
    expect(await sourceOf({ credentials: "anonymous" }).get()).toBeUndefined();
  });
});

describe("a function", () => {
  test("is asked once while they are good, and again when they are about to expire", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    onTestFinished(() => void vi.useRealTimers());
    let asked = 0;
    const source = sourceOf({
      credentials: async () => key(`${(asked += 1)}`, { expiration: new Date(Date.now() + 3_600_000) }),
    });
    expect(await Promise.all([source.get(), source.get()])).toMatchObject([
      { accessKeyId: "TEST1" },
      { accessKeyId: "TEST1" },
    ]);
    vi.setSystemTime(Date.now() + 3_000_000);
    expect(await source.get()).toMatchObject({ accessKeyId: "TEST1" });
    vi.setSystemTime(Date.now() + 400_000);
    expect(await source.get()).toMatchObject({ accessKeyId: "TEST2" });
    expect(asked).toBe(2);
  });

  test("is asked once for all that are refused at the same moment", async () => {
    let asked = 0;
    const source = sourceOf({ credentials: async () => key(`${(asked += 1)}`) });
    const refused = key("1");
    expect(await source.get()).toEqual(refused);
    const renewed = await Promise.all(Array.from({ length: 8 }, () => source.renewed(refused)));
    expect(renewed.every((each) => each?.accessKeyId === "TEST2")).toBe(true);
    expect(asked).toBe(2);
  });

  test("that fails, or gives none, is an error; the next time it is asked again", async () => {
    let asked = 0;
    const source = sourceOf({
      async credentials() {
        asked += 1;
        if (asked === 1) throw new Error("the vault is shut");
        return asked === 2 ? ({} as S3Credentials) : key("late");
      },
    });
    await expect(source.get()).rejects.toMatchObject({
      code: "S3_CREDENTIALS_FAILED",
      cause: { message: "the vault is shut" },
    });
    await expect(source.get()).rejects.toMatchObject({ code: "S3_CREDENTIALS_FAILED" });
    expect(await source.get()).toEqual(key("late"));
  });
});
