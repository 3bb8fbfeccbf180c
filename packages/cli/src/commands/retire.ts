import { type Command, defineCommand } from "../command.ts";
import { findEntry } from "../find-entry.ts";
import { openCatalog } from "../open-catalog.ts";

export const retire: Command = defineCommand({
  name: "retire",
  summary: "Take a model out of use, and keep its record and its bytes",
  operands: { name: "ID", min: 1, max: 1 },
  details: ["Ensuring it again makes it active."],
  options: {},
  async run({ values, operands: [text = ""] }, session) {
    const catalog = openCatalog(values, session);
    const { id } = await findEntry(catalog, text);
    await catalog.setState(id, "Retired");
    session.report.note(`retired: ${id}`);
    if (session.json) session.out.line(JSON.stringify({ id, lifecycle: "Retired" }));
    return 0;
  },
});
