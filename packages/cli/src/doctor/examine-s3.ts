import { isModelError } from "@llama-orch/catalog-core";
import type { S3Inspection } from "@llama-orch/fetcher-s3";
import { awsCertificatesVariable, extraCertificates } from "../http/extra-certificates.ts";
import type { Environment } from "./hub-route.ts";
import type { Problem } from "./problem.ts";

/** What was found out, or what of it makes no sense. */
export type S3Examination = { readonly facts: S3Inspection } | { readonly failure: Problem };

/** Reads the AWS configuration as `ensure` would, and asks nobody. */
export async function examineS3(env: Environment): Promise<S3Examination> {
  const { inspectS3 } = await import("../network-fetchers.ts");
  try {
    // It refuses what cannot be read.
    await extraCertificates(env, awsCertificatesVariable);
    return { facts: await inspectS3(env) };
  } catch (error) {
    if (!isModelError(error)) throw error;
    return { failure: { text: error.message, hint: error.hint } };
  }
}

/** What is set, and makes models of buckets fail. */
export function s3Problems(examination: S3Examination): Problem[] {
  return "failure" in examination ? [examination.failure] : [];
}

/** The same as lines for people. */
export function s3Facts({ endpoint, region, credentials }: S3Inspection): (readonly [string, string])[] {
  return [
    ["s3 endpoint", `${endpoint ?? "AWS"}, region ${region}`],
    [
      "s3 login",
      credentials.length === 0 ? "none set up: roles of this machine, else nobody" : credentials.join(", then "),
    ],
  ];
}
