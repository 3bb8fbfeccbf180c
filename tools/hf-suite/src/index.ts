export { hubCases } from "./hub-cases.ts";
export { type HubRun, openRun } from "./hub-run.ts";
export { reader, startModelHub, stranger, weights } from "./model-hub.ts";
