import { Agent as HttpAgent, get as getHttp } from "node:http";
import { Agent as HttpsAgent, get as getHttps } from "node:https";
import { redactText, systemCode } from "@llama-orch/catalog-core";
import { formatDuration } from "../render/quantities.ts";
import { version } from "../version.ts";
import { type Environment, type HubRoute, routeTo } from "./hub-route.ts";

/** Whether a Hub is there. Nothing in it is secret. */
export type HubAnswer =
  | { readonly state: "answers"; readonly status: number }
  | { readonly state: "silent"; readonly reason: string }
  | { readonly state: "not-asked"; readonly reason: string };

/** What a Hub has, and a mirror may have: any status is an answer. */
const question = "/api/models?limit=1";

export interface HubQuestion {
  readonly env: Environment;
  readonly signal: AbortSignal;
  /** For all of it: a Hub that takes longer is as good as none for whoever waits for the report. @default 5,000 */
  readonly patienceMs?: number;
}

/**
 * Asks a Hub one question by the way that the Hugging Face CLI would take. Sends no token, follows no redirect, and reads
 * the status alone.
 * @throws `signal.reason` untouched
 */
export async function askHub(endpoint: string, { env, signal, patienceMs = 5_000 }: HubQuestion): Promise<HubAnswer> {
  const url = questionUrl(endpoint);
  if (url === undefined) return { state: "not-asked", reason: "it is no http: or https: address" };
  const timeout = AbortSignal.timeout(patienceMs);
  try {
    const route = await routeTo(url, env);
    if (typeof route === "string") return { state: "not-asked", reason: route };
    return { state: "answers", status: await statusOf(url, route, AbortSignal.any([signal, timeout])) };
  } catch (error) {
    signal.throwIfAborted();
    return {
      state: "silent",
      reason: timeout.aborted ? `nothing came within ${formatDuration(patienceMs)}` : reasonOf(error),
    };
  }
}

/** Without the user and password that it may have: whether somebody is there can be seen without. */
function questionUrl(endpoint: string): URL | undefined {
  const url = URL.parse(endpoint.trim().replace(/\/+$/, "") + question);
  if (url === null || !/^https?:$/.test(url.protocol)) return undefined;
  url.username = "";
  url.password = "";
  return url;
}

async function statusOf(url: URL, route: HubRoute, signal: AbortSignal): Promise<number> {
  const options = { signal, headers: { "user-agent": `model-provisioner/${version}` } };
  return new Promise((resolve, reject) => {
    const request =
      url.protocol === "https:"
        ? getHttps(url, { ...options, agent: new HttpsAgent(route) })
        : getHttp(url, { ...options, agent: new HttpAgent(route) });
    // Destroying it below is an error of its own, which nobody waits for any more.
    request.on("error", reject);
    request.once("response", ({ statusCode = 0 }) => {
      resolve(statusCode);
      request.destroy();
    });
  });
}

const reasons: Readonly<Record<string, string>> = {
  ENOTFOUND: "its name is not known",
  EAI_AGAIN: "its name cannot be looked up",
  ECONNREFUSED: "the connection was refused",
  ECONNRESET: "the connection was broken off",
  EHOSTUNREACH: "there is no way to it",
  ENETUNREACH: "there is no way to it",
  ETIMEDOUT: "the connection timed out",
};

function reasonOf(error: unknown): string {
  const code = systemCode(error) ?? "";
  if (Object.hasOwn(reasons, code)) return `${reasons[code]} (${code})`;
  const message = redactText(error instanceof Error ? error.message : String(error));
  return code === "" || message.includes(code) ? message : `${message} (${code})`;
}
