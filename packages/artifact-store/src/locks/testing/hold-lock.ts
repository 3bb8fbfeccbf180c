// Holds a lock until it is killed: `node hold-lock.ts CACHE_DIR ID`. Tells its parent whether it holds it.
import { openModelLock } from "../model-lock.ts";

const [cacheDir = "", id = ""] = process.argv.slice(2);
const lock = await openModelLock(cacheDir, id);
process.send?.(lock.tryHold());
// The channel to the parent keeps this process alive.
process.on("message", () => {});
