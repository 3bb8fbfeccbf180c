import { expect, test } from "vitest";
import { randomKey } from "../signature/access-key.ts";
import { startCredentialsServer } from "./credentials-server.ts";

const credentials = { ...randomKey(), sessionToken: "token" };

test("a container gets credentials, others after they were changed", async () => {
  await using server = await startCredentialsServer({ credentials, expiresInMs: 60_000, authorization: "mine" });
  const get = async (authorization: string): Promise<Response> =>
    fetch(server.containerUri, { headers: { authorization } });
  expect((await get("other")).status).toBe(401);
  const said: unknown = await (await get("mine")).json();
  expect(said).toMatchObject({ AccessKeyId: credentials.accessKeyId, Token: "token", Expiration: expect.any(String) });
  server.setCredentials({ accessKeyId: "next", secretAccessKey: "secret" });
  expect(await (await get("mine")).json()).toMatchObject({ AccessKeyId: "next" });
  expect([server.issued, server.requests.length]).toEqual([2, 3]);
});

test("an instance gets credentials with a token of the service", async () => {
  await using server = await startCredentialsServer({ credentials });
  const folder = `${server.origin}/latest/meta-data/iam/security-credentials/`;
  expect((await fetch(folder)).status).toBe(401);
  const ttl = { "X-aws-ec2-metadata-token-ttl-seconds": "60" };
  const token = await (await fetch(`${server.origin}/latest/api/token`, { method: "PUT", headers: ttl })).text();
  const headers = { "X-aws-ec2-metadata-token": token };
  const role = await (await fetch(folder, { headers })).text();
  const said: unknown = await (await fetch(`${folder}${role}`, { headers })).json();
  expect(said).toMatchObject({ Code: "Success", SecretAccessKey: credentials.secretAccessKey });
});

test("STS gives them for a web identity", async () => {
  await using server = await startCredentialsServer({ credentials, webIdentityToken: "mine" });
  const post = async (token: string): Promise<string> => {
    const body = new URLSearchParams({ Action: "AssumeRoleWithWebIdentity", WebIdentityToken: token });
    return (await fetch(server.origin, { method: "POST", body })).text();
  };
  expect(await post("mine")).toContain(`<AccessKeyId>${credentials.accessKeyId}</AccessKeyId>`);
  expect(await post("other")).toContain("<Code>InvalidIdentityToken</Code>");
});
