import { execFile } from "node:child_process";
import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { connect } from "node:net";
import { promisify } from "node:util";
import { memoryRef } from "../memory/memory-fetcher.ts";
import { broken, type BrokenFetcher } from "./broken-fetcher.ts";

const departure = "opens no socket, resolves no name and starts no process, as declared";

/** What can be wrong with what a fetcher says of itself. */
export const shapeFlaws: readonly BrokenFetcher[] = [
  broken("has no name", ["name and version are given"], () => ({ name: "" })),
  broken("has no version", ["name and version are given"], () => ({ version: " " })),
  broken("has no scheme", ["schemes are lower-case, at least one, none twice"], () => ({ schemes: [] })),
  broken("has an upper-case scheme", ["schemes are lower-case, at least one, none twice"], () => ({
    schemes: ["MEM"],
  })),
  broken("has a scheme with its colon", ["schemes are lower-case, at least one, none twice"], () => ({
    schemes: ["mem:"],
  })),
  broken("has a scheme twice", ["schemes are lower-case, at least one, none twice"], () => ({
    schemes: ["mem", "mem"],
  })),
  broken("serves other schemes than it says", ["the references it brings are of its schemes"], () => ({
    schemes: ["other"],
  })),
  broken("declares no network, and has one", ["network is what was declared"], () => ({ network: true })),

  broken("opens a socket when it plans", [departure], (sound) => ({
    async plan(ref, context) {
      await once(connect({ host: "127.0.0.1", port: 1 }), "close");
      return sound.plan(ref, context);
    },
  })),
  broken("resolves a name when it plans", [departure], (sound) => ({
    async plan(ref, context) {
      await lookup("localhost");
      return sound.plan(ref, context);
    },
  })),
  broken("starts a process when it fetches", [departure], (sound) => ({
    async fetch(plan, ingest, context) {
      await promisify(execFile)(process.execPath, ["--version"]);
      return sound.fetch(plan, ingest, context);
    },
  })),

  broken(
    "normalizes what is normalized",
    ["normalizing twice changes nothing"],
    () => ({ normalize: (locator) => encodeURIComponent(locator) }),
    { supports: { normalize: true }, cases: { locators: ["a b"] } },
  ),
  broken("declares normalize, and has none", ["normalizing twice changes nothing"], () => ({}), {
    supports: { normalize: true },
    cases: { locators: ["a"] },
  }),
  broken("declares no normalize, and has one", ["has no normalize, as declared"], () => ({
    normalize: (text) => text,
  })),

  broken("declares no directories, and is given one", ["no case is given for what was declared absent"], () => ({}), {
    supports: { directories: false },
  }),
  broken(
    "is declared without a secret, and is given one",
    ["no case is given for what was declared absent"],
    () => ({}),
    {
      supports: { secrets: false },
      cases: { secret: { ref: memoryRef("missing"), secret: "x" } },
    },
  ),
];
