import type { Environment } from "../environment.ts";

/** What a Python program needs to run at all, on any platform. */
const surroundings =
  "PATH PATHEXT HOME USER LOGNAME SHELL LANG LANGUAGE LOCALE_ARCHIVE TZ TMPDIR TMP TEMP XDG_CACHE_HOME XDG_CONFIG_HOME XDG_DATA_HOME " +
  "SYSTEMROOT SYSTEMDRIVE WINDIR COMSPEC USERPROFILE USERNAME APPDATA LOCALAPPDATA PROGRAMDATA PROGRAMFILES PROGRAMFILES(X86) HOMEDRIVE " +
  "HOMEPATH LD_LIBRARY_PATH DYLD_LIBRARY_PATH DYLD_FALLBACK_LIBRARY_PATH NIX_LD NIX_LD_LIBRARY_PATH VIRTUAL_ENV";

/** Where the Hub is, and by which way: what a user has set for the CLI is meant for the CLI. */
const ways =
  "HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY SSL_CERT_FILE SSL_CERT_DIR REQUESTS_CA_BUNDLE CURL_CA_BUNDLE NIX_SSL_CERT_FILE " +
  "OPENSSL_CONF OPENSSL_MODULES NETRC KRB5CCNAME";

const kept: ReadonlySet<string> = new Set(`${surroundings} ${ways}`.split(" "));
const keptFamilies =
  /^(?:HF_|TRANSFORMERS_OFFLINE$|HUGGINGFACE_|HUGGING_FACE_|LC_|PYTHON|PYENV_|CONDA_|UV_|PIPX_|RYE_|MISE_|ASDF_|RUST_)/;

/** These change what it prints, wait for a person, or make some releases fail. */
const removed: ReadonlySet<string> = new Set([
  "HF_HUB_ENABLE_HF_TRANSFER",
  "HF_DEBUG",
  "HF_HUB_VERBOSITY",
  "PYTHONINSPECT",
  "PYTHONSTARTUP",
]);

/** Same output from every release, in UTF-8, without colour, bars, questions and calls home. */
const fixed = {
  HF_HUB_DISABLE_UPDATE_CHECK: "1",
  HF_HUB_DISABLE_PROGRESS_BARS: "1",
  HF_HUB_DISABLE_TELEMETRY: "1",
  NO_COLOR: "1",
  PYTHONUTF8: "1",
  PYTHONUNBUFFERED: "1",
} as const;

/** Secrets of the tools that install Python programs; the CLI has no use for them. */
const othersSecrets = /^(?!HF_|HUGGING).*(?:TOKEN|PASSWORD|SECRET)/;

/** What a program that may not be the CLI is not given. */
const confidential = /TOKEN|_PROXY$/;

/** For finding out what a program is: without tokens, and without proxies, whose addresses may hold passwords. */
export function probeEnvironment(env: Environment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(childEnvironment(env)).filter(([name]) => !confidential.test(name.toUpperCase())),
  );
}

/**
 * The environment of the CLI: what it has a use for, and nothing else of the caller's. Of the variables by which it
 * recognises that an agent has called it, and changes its output, none is among them.
 */
export function childEnvironment(env: Environment): Record<string, string> {
  const passed = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && isPassed(entry[0].toUpperCase()),
  );
  return { ...Object.fromEntries(passed), ...fixed };
}

/** Windows writes `Path`, and programs read the proxy variables in either case. */
function isPassed(name: string): boolean {
  return (kept.has(name) || keptFamilies.test(name)) && !removed.has(name) && !othersSecrets.test(name);
}
