import { homedir } from "node:os";
import { posix, win32 } from "node:path";

export interface CacheDirContext {
  /** @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** @default process.platform */
  readonly platform?: NodeJS.Platform;
  /** @default os.homedir() */
  readonly home?: string;
}

/**
 * The cache root that everyone on this machine shares who does not choose another, as an absolute path:
 * `$MODEL_PROVISIONER_CACHE`, else `model-provisioner` in the platform's cache folder: `%LOCALAPPDATA%` on Windows;
 * elsewhere `$XDG_CACHE_HOME`, or `~/Library/Caches` on macOS and `~/.cache` on other systems. An explicit loader: nothing else in this package reads the environment.
 */
export function defaultCacheDir(context: CacheDirContext = {}): string {
  // oxlint-disable-next-line node/no-process-env -- an explicit loader
  const { env = process.env, platform = process.platform } = context;
  const path = platform === "win32" ? win32 : posix;
  const chosen = env["MODEL_PROVISIONER_CACHE"];
  if (chosen !== undefined && chosen !== "") return path.resolve(chosen);
  return path.resolve(platformCacheDir(env, platform, context.home ?? homedir()), "model-provisioner");
}

/** A variable that is empty or holds a relative path is ignored, as the XDG specification demands. */
function platformCacheDir(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
  home: string,
): string {
  if (platform === "win32") {
    const local = env["LOCALAPPDATA"];
    return local !== undefined && win32.isAbsolute(local) ? local : win32.join(home, "AppData", "Local");
  }
  const xdg = env["XDG_CACHE_HOME"];
  if (xdg !== undefined && posix.isAbsolute(xdg)) return xdg;
  return platform === "darwin" ? posix.join(home, "Library", "Caches") : posix.join(home, ".cache");
}
