/**
 * Loaded before a program (`node --import`) that is to be killed, or listened to. What to do is in one environment
 * variable, as JSON: see `Orders`.
 */
import { writeFileSync } from "node:fs";
import type { FsCall } from "./describe-calls.ts";
import { interceptFs } from "./intercept-fs.ts";
import { ordersVariable, readOrders } from "./orders.ts";

const orders = readOrders(process.env[ordersVariable] ?? "");
const trace: FsCall[] = [];
let changes = 0;

await interceptFs(orders.root, (call) => {
  trace.push(call);
  if (call.changes) changes += 1;
  if (call.changes && changes === orders.kill?.atChange) {
    if (orders.kill.torn) call.tear?.();
    process.kill(process.pid, "SIGKILL");
  }
  return undefined;
});

process.on("exit", () => {
  if (orders.traceFile === undefined) return;
  const calls = trace.map(({ name, path, changes: changing, tear }) => ({
    name,
    path,
    changes: changing,
    writes: !!tear,
  }));
  writeFileSync(orders.traceFile, JSON.stringify(calls));
});
