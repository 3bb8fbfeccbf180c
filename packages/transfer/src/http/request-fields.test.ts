import { redactText } from "@llama-orch/catalog-core";
import { expect, test } from "vitest";
import { hideCredentials } from "./request-fields.ts";

test("credentials in use are hidden, however many others came and went", () => {
  const token = (name: string | number): string => `token-${name}-0123456789`;
  const isHidden = (name: string | number): boolean => !redactText(`it is ${token(name)}`).includes(token(name));
  hideCredentials({ Authorization: `Bearer ${token("short")}` }, "use");
  hideCredentials({ Authorization: `Bearer ${token("own")}` }, "good");
  for (let index = 0; index < 100; index += 1) {
    hideCredentials({ Authorization: `Bearer ${token("long")}` }, "use");
    hideCredentials({ Authorization: `Bearer ${token(index)}` }, "use");
  }
  expect([isHidden("own"), isHidden("long"), isHidden(99), isHidden(90)]).toEqual([true, true, true, true]);
  // Those of long ago are no longer searched for in every text.
  expect([isHidden("short"), isHidden(0)]).toEqual([false, false]);
});
