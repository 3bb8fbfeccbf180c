#!/usr/bin/env node
import { fail } from "./fail.ts";
import { runCommandLine } from "./run-command-line.ts";

// A mistake in the program that no promise carries: it gets the same two lines, and never a stack trace.
process.on("uncaughtException", (error) => {
  process.exit(fail(error, process.argv.includes("--json")));
});

// Not a top-level await: the bundle imports commands from the very module that would wait for them.
void runCommandLine(process.argv.slice(2)).then((exitCode) => {
  process.exitCode = exitCode;
});
