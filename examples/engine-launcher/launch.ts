import type { ResolvedModel } from "@llama-orch/catalog-core";
import { InferenceSession, Tensor } from "onnxruntime-node";

/** Samples per second that the model is run at. */
export const sampleRate = 16_000;

/** Samples that the model judges at once: 32 ms. */
const windowSamples = 512;
/** Samples of the window before that the model wants to see again. */
const contextSamples = 64;

/** A voice detector (Silero VAD v5) that is loaded and ready. */
export interface VoiceDetector {
  /**
   * The probability of speech, 0 to 1, in each whole window of 32 ms.
   * @param samples mono, `sampleRate`, -1 to 1.
   */
  speechIn(samples: Float32Array): Promise<readonly number[]>;
  /** Frees the engine's memory. */
  close(): Promise<void>;
}

/** Loads the model in onnxruntime. All that it asks for is a path; how the model came there is none of its business. */
export async function launch(model: ResolvedModel): Promise<VoiceDetector> {
  const session = await InferenceSession.create(model.localPath, { intraOpNumThreads: 1, logSeverityLevel: 3 });
  return {
    speechIn: (samples) => speechIn(session, samples),
    close: () => session.release(),
  };
}

async function speechIn(session: InferenceSession, samples: Float32Array): Promise<readonly number[]> {
  const sr = new Tensor("int64", BigInt64Array.of(BigInt(sampleRate)));
  const window = new Float32Array(contextSamples + windowSamples);
  let state: Tensor = new Tensor("float32", new Float32Array(2 * 128), [2, 1, 128]);
  const probabilities: number[] = [];
  for (let start = 0; start + windowSamples <= samples.length; start += windowSamples) {
    window.copyWithin(0, windowSamples);
    window.set(samples.subarray(start, start + windowSamples), contextSamples);
    const { output, stateN } = await session.run({
      input: new Tensor("float32", window, [1, window.length]),
      state,
      sr,
    });
    if (output === undefined || stateN === undefined)
      throw new Error("This is not Silero VAD v5: an output is missing.");
    probabilities.push(Number(output.data[0]));
    state = stateN;
  }
  return probabilities;
}
