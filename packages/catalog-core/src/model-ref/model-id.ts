import { printFileRef } from "./file-ref.ts";
import { printHfRef } from "./hf-ref.ts";
import type { ModelRef } from "./model-ref.ts";
import { printOtherRef } from "./other-ref.ts";
import { printUrlRef } from "./url-ref.ts";

/** The id of what a reference names: its canonical text. One thing has one id, and two never share one. No secrets. */
export function modelId(ref: ModelRef): string {
  switch (ref.kind) {
    case "file":
      return printFileRef(ref);
    case "hf":
      return printHfRef(ref);
    case "url":
      return printUrlRef(ref);
    case "other":
      return printOtherRef(ref);
  }
}
