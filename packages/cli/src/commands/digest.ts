import { directoryListing, parseModelRef } from "@llama-orch/catalog-core";
import { type DescribedPath, describePath } from "@llama-orch/model-provisioner";
import { type Command, defineCommand } from "../command.ts";

export const digest: Command = defineCommand({
  name: "digest",
  summary: "Print the digest of a file or folder, for --digest",
  operands: { name: "PATH", min: 1, max: 1 },
  details: [
    "Of a file, its sha256. Of a folder, the sha256 of its listing: a line for each regular file below",
    "it, as sha256sum prints them, in bytewise order of path. Registers nothing.",
  ],
  options: { listing: { type: "flag", help: "print the listing itself" } },
  async run({ values, operands: [text = ""] }, session) {
    const described = await describePath(pathOf(text), {
      signal: session.signal,
      onProgress: ({ path, hashedBytes: doneBytes, totalBytes }) =>
        session.report.progress({ activity: "hashing", path, doneBytes, totalBytes }),
    });
    session.report.clear();
    if (session.json) session.out.line(JSON.stringify(described));
    else if (values.listing === true) listingLines(described).forEach((line) => session.out.line(line));
    else session.out.line(described.digest);
    return 0;
  },
});

function listingLines({ files }: DescribedPath): string[] {
  return directoryListing(files).trimEnd().split("\n");
}

/** A path is a path here, also one with a colon in it, which elsewhere would be a scheme; `file:` forms are read as what they are. */
function pathOf(text: string): string {
  const ref = /^file:/i.test(text) ? parseModelRef(text) : undefined;
  return ref?.kind === "file" ? ref.path : text;
}
