import type { ModelProvisioner } from "@llama-orch/model-provisioner";
import { median } from "./median.ts";

/** The median time in ms of `calls` calls, one after another, for a model that is here. */
export async function medianOfPresentCalls(
  provisioner: ReturnType<typeof ModelProvisioner.fileOnly>,
  model: string,
  calls: number,
): Promise<number> {
  const times = [];
  for (let call = 0; call < calls; call += 1) {
    const startedMs = performance.now();
    const { report } = await provisioner.ensurePresentStr(model);
    times.push(performance.now() - startedMs);
    if (!report.cached) throw new Error("a present model was not taken for one");
  }
  return median(times);
}
