import { expect, test } from "vitest";
import { cacheFolder, tokenFile } from "./environment.ts";

test.skipIf(process.platform === "win32").each([
  [{ HF_HUB_CACHE: "/cache", HF_HOME: "/hf", HOME: "/home" }, "/cache"],
  [{ HUGGINGFACE_HUB_CACHE: "/old", HOME: "/home" }, "/old"],
  [{ HF_HOME: "/hf", XDG_CACHE_HOME: "/xdg", HOME: "/home" }, "/hf/hub"],
  [{ XDG_CACHE_HOME: "/xdg", HOME: "/home" }, "/xdg/huggingface/hub"],
  [{ HOME: "/home" }, "/home/.cache/huggingface/hub"],
])("the cache of %j is %s", (env, folder) => {
  expect(cacheFolder(env)).toBe(folder);
});

test.skipIf(process.platform === "win32").each([
  [{ HF_TOKEN_PATH: "~/secrets/token", HOME: "/home" }, "/home/secrets/token"],
  [{ HF_HOME: "~/hf", HOME: "/home" }, "/home/hf/token"],
  [{ HOME: "/home" }, "/home/.cache/huggingface/token"],
])("the token of %j is in %s", (env, path) => {
  expect(tokenFile(env)).toBe(path);
});
