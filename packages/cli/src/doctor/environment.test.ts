import { expect, test } from "vitest";
import { environmentNames } from "./environment.ts";

test("names of what is set and matters are told, those of proxies in either case, and no values", () => {
  const env = { HF_TOKEN: "a", HF_TOKEN_PATH: "/b", HF_HUB_OFFLINE: "1", HF_HUB_CACHE: "/c", REQUESTS_CA_BUNDLE: "/d" };
  expect(environmentNames({ ...env, https_proxy: "e", NO_COLOR: "", LANG: "f" }).toSorted()).toEqual(
    [...Object.keys(env), "https_proxy"].toSorted(),
  );
});
