// What the crash tests kill: one step in the folder at the first argument. `node crash-step.ts ROOT STEP`, the step as JSON.
import { mock } from "node:test";
import { readStep, takeStep } from "./steps.ts";

// The holder of a lock gives a sign of life every second: without them the calls are the same at every run, however slow it is.
mock.timers.enable({ apis: ["setInterval"] });

const [, , root = "", step = ""] = process.argv;
await takeStep(root, readStep(step));
