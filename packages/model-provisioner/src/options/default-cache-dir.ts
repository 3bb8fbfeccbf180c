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
 * The cache root that everyone on this machine shares who does not choose another: `$MODEL_PROVISIONER_CACHE`, else
 * `model-provisioner` in the platform's cache folder: `$XDG_CACHE_HOME` or `~/.cache`, `~/Library/Caches` on macOS,
 * `%LOCALAPPDATA%` on Windows. An explicit loader: nothing else in this package reads the environment.
 */
export function defaultCacheDir(context: CacheDirContext = {}): string {
  // oxlint-disable-next-line node/no-process-env -- an explicit loader
  const { env = process.env, platform = process.platform } = context;
  const path = platform === "win32" ? win32 : posix;
  const chosen = env["MODEL_PROVISIONER_CACHE"];
  if (chosen !== undefined && chosen !== "") return path.resolve(chosen);
  return path.join(platformCacheDir(env, platform, context.home ?? homedir()), "model-provisioner");
}

function platformCacheDir(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
  home: string,
): string {
  // By the XDG specification a relative path in the variable is to be ignored.
  const xdg = env["XDG_CACHE_HOME"];
  if (xdg !== undefined && posix.isAbsolute(xdg)) return xdg;
  if (platform === "darwin") return posix.join(home, "Library", "Caches");
  if (platform === "win32") return env["LOCALAPPDATA"] ?? win32.join(home, "AppData", "Local");
  return posix.join(home, ".cache");
}
