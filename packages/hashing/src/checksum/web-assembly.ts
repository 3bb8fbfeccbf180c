/** What is used here of WebAssembly, which the types of browsers have, and those of Node do not. */
export interface WebAssemblyApi {
  readonly Module: new (code: Uint8Array) => WasmModule;
  /** Whether this machine can compile it. */
  readonly validate: (code: Uint8Array) => boolean;
  readonly Instance: new (module: WasmModule) => { readonly exports: CrcExports };
}

/** Compiled; can be sent to other threads. */
export type WasmModule = object;

/** What the one module of this package exports. */
export interface CrcExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  /** @returns signed, as WebAssembly gives an i64 */
  readonly update: (from: number, to: number, value: bigint) => bigint;
}
