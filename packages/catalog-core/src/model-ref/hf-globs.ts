import type { HfSelection } from "./model-ref.ts";
import { percentDecode, percentEncode } from "./percent.ts";
import { refuse } from "./ref-refusal.ts";
import { hasForbiddenCharacter } from "./ref-text.ts";

type Repository = Extract<HfSelection, { readonly type: "repository" }>;
type GlobName = "include" | "exclude";

/** `include=GLOB&exclude=GLOB`, each as often as needed. Order and repetition mean nothing, so they do not stay. */
export function parseHfQuery(text: string, query: string): Repository {
  const globs: Record<GlobName, Set<string>> = { include: new Set(), exclude: new Set() };
  for (const parameter of query === "" ? [] : query.split("&")) {
    const equals = parameter.indexOf("=");
    const name = equals < 0 ? parameter : parameter.slice(0, equals);
    if (name !== "include" && name !== "exclude") {
      throw refuse(text, {
        part: "query",
        problem: `the parameter ${JSON.stringify(name)} is not known`,
        hint: "Only include and exclude are: hf:org/repo?include=*.gguf&exclude=*fp16*. Write %26 for an ampersand in a pattern.",
      });
    }
    globs[name].add(parseGlob(text, name, equals < 0 ? "" : parameter.slice(equals + 1)));
  }
  return {
    type: "repository",
    include: Object.freeze([...globs.include].sort()),
    exclude: Object.freeze([...globs.exclude].sort()),
  };
}

export function printHfQuery({ include, exclude }: Repository): string {
  const parameters = [
    ...include.map((glob) => `include=${percentEncode(glob, /[%&#]/g)}`),
    ...exclude.map((glob) => `exclude=${percentEncode(glob, /[%&#]/g)}`),
  ];
  return parameters.length === 0 ? "" : `?${parameters.join("&")}`;
}

function parseGlob(text: string, part: GlobName, raw: string): string {
  const glob = percentDecode(raw);
  if (glob === undefined || glob === "" || glob.startsWith("-") || hasForbiddenCharacter(glob)) {
    throw refuse(text, {
      part,
      problem: `the ${part} pattern ${JSON.stringify(raw)} is empty, begins with a dash, or is not well encoded`,
      hint: `Write a pattern such as ${part}=*.gguf, with %25 for a percent sign.`,
    });
  }
  return glob;
}
