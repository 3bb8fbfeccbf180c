/** The user and group that own nothing, on Linux and on macOS alike as far as permissions go. */
const nobody = 65_534;

/**
 * Runs as somebody to whom permissions mean something: as root they mean nothing, so for a moment this whole process is
 * `nobody`. What `run` needs to load must be loaded before: the workspace may lie where only root can read.
 */
export async function asPlainUser(run: () => Promise<void>): Promise<void> {
  if (process.geteuid?.() !== 0) return run();
  process.seteuid?.(nobody);
  try {
    await run();
  } finally {
    process.seteuid?.(0);
  }
}
