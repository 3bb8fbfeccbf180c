/** Why a command stops before its end. It is the `reason` of the one signal that every command is given. */
export class Interruption extends Error {
  override readonly name = "Interruption";
  readonly exitCode: number;
  /** Nobody is left to tell: the reader of stdout has gone. */
  readonly silent: boolean;

  constructor(message: string, exitCode: number, silent = false) {
    super(message);
    this.exitCode = exitCode;
    this.silent = silent;
  }
}

/** 128 and the number of the signal, as shells have it. */
const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Turns SIGINT and SIGTERM into an abort, so that a command takes back what is half done before it ends.
 * A second signal ends the process at once: nothing half done is ever visible, it only leaves litter then.
 */
export function abortOnSignals(controller: AbortController): void {
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(exitCodes[name]);
      controller.abort(new Interruption(`Interrupted by ${name}.`, exitCodes[name]));
    });
  }
}
