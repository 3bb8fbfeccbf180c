/**
 * What of node-llama-cpp `main.ts` uses: the types come with the package, which is not installed with this workspace. A program that
 * depends on it has no need of this file.
 */
declare module "node-llama-cpp" {
  export const LlamaLogLevel: { readonly error: "error" };

  export function getLlama(options: {
    /** `"never"`: the binary that comes with the package, instead of one that is compiled here. */
    readonly build: "never";
    readonly gpu: false;
    readonly maxThreads: number;
    readonly logLevel: "error";
  }): Promise<Llama>;

  export interface Llama {
    loadModel(options: { readonly modelPath: string }): Promise<LlamaModel>;
    dispose(): Promise<void>;
  }

  export interface LlamaModel {
    createContext(options: { readonly contextSize: number }): Promise<LlamaContext>;
  }

  export interface LlamaContext {
    getSequence(): LlamaContextSequence;
  }

  export interface LlamaContextSequence {
    readonly contextSize: number;
  }

  export class LlamaCompletion {
    constructor(options: { readonly contextSequence: LlamaContextSequence });
    /** @returns what comes after the input, without the trigger that it stopped at. */
    generateCompletion(
      input: string,
      options: {
        readonly temperature: number;
        readonly maxTokens: number;
        readonly customStopTriggers: readonly string[];
      },
    ): Promise<string>;
  }
}
