import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { redactText } from "./redact.ts";

const hfToken = `hf_${"aB3".repeat(11)}`;

describe("hidden", () => {
  test.each([
    // Userinfo.
    ["https://user:pass@host/x", "https://[redacted]@host/x"],
    ["GET ftp://user@host:21/x failed", "GET ftp://[redacted]@host:21/x failed"],
    ["https://a@b@host/x", "https://[redacted]@host/x"],
    ["https://user:pa/ss?w#d@host/x", "https://[redacted]@host/x"],
    [String.raw`{"u":"https:\/\/user:pass@host\/x"}`, String.raw`{"u":"https:\/\/[redacted]@host\/x"}`],
    ["proxy user:p@ss@proxy.local:3128 refused", "proxy [redacted]@proxy.local:3128 refused"],
    ["HTTPS_PROXY=user:pass@10.0.0.1", "HTTPS_PROXY=[redacted]@10.0.0.1"],
    ["https://user:pa ssw0rd@h.com/m", "https://[redacted]@h.com/m"],
    ['https://user:pa"ssw0rd@h.com/m', "https://[redacted]@h.com/m"],
    ["https://user:pa<ss>w0rd@h.com/m", "https://[redacted]@h.com/m"],
    ["http://user:a secret@proxy:3128", "http://[redacted]@proxy:3128"],
    ["oci:user:pw@reg.io/m", "[redacted]@reg.io/m"],
    // Queries.
    ["?url=https%3A%2F%2Fb%2Fc%3Fsig%3Dx&b=1", "?url=[redacted]&b=1"],
    ["?url=https%253A%252F%252Fb%253Fsig%253Dx", "?url=[redacted]"],
    ["?x=1%26token%3Dx", "?x=[redacted]"],
    [String.raw`"https://h/?a=1\u0026sig=x\u0026b=2"`, String.raw`"https://h/?a=1\u0026sig=[redacted]\u0026b=2"`],
    [String.raw`"https://h/?a=1\u0026key=x"`, String.raw`"https://h/?a=1\u0026key=[redacted]"`],
    ["?Policy=x&Signature=y&Key-Pair-Id=z&b=1", "?Policy=[redacted]&Signature=[redacted]&Key-Pair-Id=[redacted]&b=1"],
    ["https://h/a?b=1&token=x&c=2", "https://h/a?b=1&token=[redacted]&c=2"],
    ["https://h/a?a=1;key=x;b=2", "https://h/a?a=1;key=[redacted];b=2"],
    ["https://h/a?a=1&amp;code=x&amp;b=2", "https://h/a?a=1&amp;code=[redacted]&amp;b=2"],
    ["https://h/a#access_token=x", "https://h/a#access_token=[redacted]"],
    ["see 'https://h/a?token=x', then", "see 'https://h/a?token=[redacted]', then"],
    ['"https://h/a?API%2DKey=x"', '"https://h/a?API%2DKey=[redacted]"'],
    ["?X-Amz-Date=1&X-Amz-Signature=2&versionId=3", "?X-Amz-Date=[redacted]&X-Amz-Signature=[redacted]&versionId=3"],
    ["?sv=1&sig=x%3D", "?sv=1&sig=[redacted]"],
    // Fields.
    ["HF_TOKEN=x", "HF_TOKEN=[redacted]"],
    ["password: x", "password: [redacted]"],
    ["--client-secret=x --verbose", "--client-secret=[redacted] --verbose"],
    ['{"token":"a\\"b","n":1}', '{"token":"[redacted]","n":1}'],
    [String.raw`{\"token\":\"x\",\"n\":1}`, String.raw`{\"token\":\"[redacted]\",\"n\":1}`],
    ['{ "password" : 12345678 }', '{ "password" : "[redacted]" }'],
    ["{ apiKey: 'x', n: 1 }", "{ apiKey: '[redacted]', n: 1 }"],
    ['{"token":"cut off', '{"token":"[redacted]'],
    ["credentials: { secret: 'x' }", "credentials: { secret: '[redacted]' }"],
    ["AccountName=a;AccountKey=x/y+z==;EndpointSuffix=b", "AccountName=a;AccountKey=[redacted];EndpointSuffix=b"],
    // Options of commands.
    ["hf download --token x org/repo", "hf download --token [redacted] org/repo"],
    ["--token=x --password 'y z' -v", "--token=[redacted] --password '[redacted]' -v"],
    ["curl -u user:x https://h", "curl -u [redacted] https://h"],
    ["spawn [ 'hf', '--token', 'x', 'org/repo' ]", "spawn [ 'hf', '--token', '[redacted]', 'org/repo' ]"],
    // Headers.
    ['["x-api-key","x"]', '["x-api-key","[redacted]"]'],
    ["[ 'Host', 'h', 'X-Api-Key', 'x' ]", "[ 'Host', 'h', 'X-Api-Key', '[redacted]' ]"],
    ["X-Auth: x", "X-Auth: [redacted]"],
    ["X-Auth-Key: x", "X-Auth-Key: [redacted]"],
    ["X-Auth-Token: x", "X-Auth-Token: [redacted]"],
    ["Ocp-Apim-Subscription-Key: x", "Ocp-Apim-Subscription-Key: [redacted]"],
    ["Authorization: Digest a, b c\r\nHost: h", "Authorization: [redacted]\r\nHost: h"],
    ['Cookie: "a"; b=c\nHost: h', "Cookie: [redacted]\nHost: h"],
    ["{ 'set-cookie': [ 'a=b; c', 'd' ], n: 1 }", "{ 'set-cookie': '[redacted]', n: 1 }"],
    ["X-Api-Key: x", "X-Api-Key: [redacted]"],
    ["sent Bearer abc.def-ghi, got 401", "sent Bearer [redacted], got 401"],
    ["sent 'basic dTpw'", "sent 'basic [redacted]'"],
    // Tokens.
    [`the token ${hfToken}.`, "the token [redacted]."],
  ])("%s", (text, expected) => {
    expect(redactText(text)).toBe(expected);
    expect(redactText(expected)).toBe(expected);
  });
});

describe("kept", () => {
  test.each([
    [`sha256:${"0a".repeat(32)}`],
    ["commit 0b4cf0e1c9d2a7f5b3e8d6c4a2f0e1d3b5c7a9f8"],
    ["/models/tokenizer.json: 3 files"],
    ["/models/tokenizer.json"],
    ["C:\\models\\a@b.com"],
    ["/home/a@b.com/models/x"],
    ["hf:org/repo@main/x"],
    ["hf:org/repo@main:Q4_K_M"],
    ["https://host:8080/a@b/c?d=e@f"],
    ["oci://registry:5000/r:tag@sha256:00"],
    ["file:notes@example.com"],
    ["npm:pkg@1.2.3"],
    ["https://h/a?token=redacted-0123456789ab&b=1"],
    ["at fn (file:///a/node_modules/.pnpm/b@1.2.3/c.js:10:5)"],
    ["exit code: 1, key: value, pwd=/tmp"],
    ["max_tokens: 5, tokenizer: llama"],
    ['{"code":"ENOENT","key":"models/a.gguf"}'],
    ["This needs a Bearer token."],
    ["use basic authentication"],
    ['{"token":null,"password":""}'],
    ["hf_short"],
    ["https://host.com failed, ask ops@example.com"],
    ['{"url":"https://host:8080","mail":"a@b.com"}'],
    ["https://registry.example.org pkg@1.2.3"],
    ["hf:org/my-token:Q4_K_M"],
    ["hf:org/token@main:Q4_K_M"],
    ["https://token:8080/x"],
    ["tool:redacted-0123456789ab@reg.io/m"],
    ["Pass --token to log in, or set it."],
    ["docker run -u 1000:1000 image"],
    ["?Policy=x&b=1"],
    ["?q=exit%20code%3A%201"],
    ["https://h/a?token=&b=1"],
  ])("%s", (text) => {
    expect(redactText(text)).toBe(text);
  });
});

test("redacting twice changes nothing", () => {
  const fragment = fc.constantFrom(
    ...'token= token: "token":" key= code= ?a=1& &amp; ; , \' " \\ \\" [ ] { } ( ) @ : / // :// https://u:p@ u:p@h.io user Bearer Basic Cookie: Authorization: Set-Cookie: = # % %20 abc x=1 [redacted] redacted-0123456789ab null'.split(
      " ",
    ),
    " ",
    "\n",
    hfToken,
  );
  fc.assert(
    fc.property(fc.array(fragment, { maxLength: 12 }), (parts) => {
      const once = redactText(parts.join(""));
      expect(redactText(once)).toBe(once);
    }),
    { numRuns: 5000 },
  );
});

describe("long hostile text is answered: no expression backtracks or overflows its stack", () => {
  const million = 1_000_000;
  const length = 120_000;
  const kept = [
    "a:a:a@@@",
    "a",
    "://a:b",
    "?a=%41",
    "&a=",
    '"a",',
    "--token ",
    "-u a",
    "\\",
    "%",
    ";a",
    "a@",
    'a\\"',
    "hf_",
    "(a:",
    "a.",
    "[",
    "' ",
  ];
  test.each(kept)("%j repeated holds no secret", (unit) => {
    const text = unit.repeat(million / unit.length);
    expect(redactText(text) === text).toBe(true);
  });

  test.each(["a", "a,", "\\", "&amp;", "'", "%2", '\\"', "token="])("a value made of %j", (unit) => {
    const value = unit.repeat(length / unit.length);
    for (const before of ["token=", "token: ", '{"token":"', "?sig=", "Cookie: ", "Bearer "]) {
      expect(redactText(before + value).length).toBeLessThan(2 * value.length);
      expect(redactText(before + "a".repeat(length) + value)).not.toContain("aaaaaaaa");
    }
  });

  test("a value of some million characters", () => {
    expect(redactText(`token=${"a,".repeat(2 * million)}`)).toBe("token=[redacted],");
    expect(redactText(`{"token":"${"a".repeat(4 * million)}"}`)).toBe('{"token":"[redacted]"}');
  });

  test("userinfo of a million characters", () => {
    expect(redactText(`https://u:${"p".repeat(million)}@h/`)).toBe("https://[redacted]@h/");
  });
});

test("defect 22: user:pass@ and signed queries are hidden", () => {
  expect(redactText("fetching https://ada:hunter22@host/m.gguf")).toBe("fetching https://[redacted]@host/m.gguf");
  const signed = "https://b.s3.amazonaws.com/k?X-Amz-Credential=AKIA%2F1&X-Amz-Signature=abc123&versionId=7";
  expect(redactText(signed)).toBe(
    "https://b.s3.amazonaws.com/k?X-Amz-Credential=[redacted]&X-Amz-Signature=[redacted]&versionId=7",
  );
  expect(redactText("https://a.blob.core.windows.net/c/b?sv=2024-01-01&sp=r&sig=abc%2F123%3D")).not.toContain("abc");
  expect(redactText("https://d.cloudfront.net/f?Expires=1&Signature=abc~1&Key-Pair-Id=K")).not.toContain("abc");
});
