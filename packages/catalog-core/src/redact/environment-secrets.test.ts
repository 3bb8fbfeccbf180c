import { expect, test } from "vitest";
import { registerSecretsFromEnvironment } from "./environment-secrets.ts";
import { redactText } from "./redact.ts";

function isHidden(env: Record<string, string | undefined>, text: string): boolean {
  const forget = registerSecretsFromEnvironment(env);
  try {
    return !redactText(`<${text}>`).includes(text);
  } finally {
    forget();
  }
}

test.each([
  "HF_TOKEN",
  "hf_token",
  "NPM_CONFIG__AUTHTOKEN",
  "AWS_SECRET_ACCESS_KEY",
  "DB_PASSWORD_2",
  "PASSWD",
  "OPENAI_API_KEY",
  "AWS_ACCESS_KEY_ID",
  "REGISTRY_CREDENTIALS",
  "REGISTRY_AUTH",
])("the value of %s is hidden", (name) => {
  expect(isHidden({ [name]: "value-of-it" }, "value-of-it")).toBe(true);
});

test.each([
  "TOKENIZERS_PATH",
  "TOKENIZER_MODEL",
  "AUTHOR",
  "HOME",
  "HF_TOKEN_PATH",
  "SSH_AUTH_SOCK",
  "GOOGLE_APPLICATION_CREDENTIALS",
])("the value of %s is kept", (name) => {
  expect(isHidden({ [name]: "value-of-it" }, "value-of-it")).toBe(false);
});

test.each([
  ["http://ada:hunter22%21@proxy:3128", "hunter22!"],
  ["http://ada:hunter22%21@proxy:3128", "hunter22%21"],
  ["ada:hunter22@proxy:3128", "hunter22"],
  ["http://only-a-token@proxy", "only-a-token"],
  ["http://ada:100%hunter@proxy", "100%hunter"],
])("the userinfo of a proxy %s", (proxy, text) => {
  expect(isHidden({ https_proxy: proxy }, text)).toBe(true);
});

test("the host of a proxy is kept, and what is not set is nothing", () => {
  expect(isHidden({ HTTP_PROXY: "http://ada:hunter22@proxy.local", HF_TOKEN: undefined }, "proxy.local")).toBe(false);
});

test("what was registered is forgotten again", () => {
  registerSecretsFromEnvironment({ HF_TOKEN: "for-a-moment" })();
  expect(redactText("for-a-moment")).toBe("for-a-moment");
});
