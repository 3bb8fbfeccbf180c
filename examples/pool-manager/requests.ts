import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { type Digest, parseDigest } from "@llama-orch/catalog-core";
import { isCorrelationId } from "@llama-orch/model-provisioner";
import { poolError } from "./pool-errors.ts";

/** More than any reference and digest together. */
const maxBodyLength = 16 * 1024;

/**
 * The `X-Correlation-Id` of a request, or a new one.
 * @throws ModelError `POOL_CORRELATION_ID_INVALID`
 */
export function correlationIdOf(request: IncomingMessage): string {
  const given = request.headers["x-correlation-id"]?.toString();
  if (given === undefined) return randomUUID();
  if (isCorrelationId(given)) return given;
  throw poolError("POOL_CORRELATION_ID_INVALID", {
    message: "The X-Correlation-Id is not usable.",
    hint: "Send 1 to 128 printable ASCII characters without spaces, or leave the header out.",
  });
}

/**
 * The body of `POST /replicas`: `{ "model": REFERENCE, "digest"?: "sha256:…" }`.
 * @throws ModelError `POOL_REQUEST_INVALID`, `DIGEST_INVALID`
 */
export async function readReplicaRequest(
  request: IncomingMessage,
): Promise<{ readonly model: string; readonly digest: Digest | undefined }> {
  const body = parseJson(await readBody(request));
  if (typeof body !== "object" || body === null || !("model" in body) || typeof body.model !== "string") {
    throw invalid("The body names no model.");
  }
  const digest = "digest" in body ? body.digest : undefined;
  if (digest !== undefined && typeof digest !== "string") throw invalid("The digest is not a text.");
  return { model: body.model, digest: digest === undefined ? undefined : parseDigest(digest) };
}

async function readBody(request: IncomingMessage): Promise<string> {
  let text = "";
  request.setEncoding("utf8");
  // Not destroyed when the loop is left early: the answer goes out on the same socket.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    text += String(chunk);
    if (text.length > maxBodyLength) throw invalid(`The body has more than ${maxBodyLength} characters.`);
  }
  return text;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid("The body is not JSON.");
  }
}

function invalid(message: string): Error {
  return poolError("POOL_REQUEST_INVALID", {
    message,
    hint: 'Send {"model": "file:/models/a.gguf"}, with "digest": "sha256:…" if you know it.',
  });
}
