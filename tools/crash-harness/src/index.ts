export { crashEverywhere, type CrashPoint, type CrashScenario, traceCalls } from "./crash-everywhere.ts";
export { type FsCall } from "./describe-calls.ts";
export { type Gate, interceptFs } from "./intercept-fs.ts";
export { type TracedCall } from "./orders.ts";
