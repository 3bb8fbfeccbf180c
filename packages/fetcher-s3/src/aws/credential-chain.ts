import { defaultProvider } from "@aws-sdk/credential-provider-node";
import type { S3Credentials } from "./credentials.ts";

/**
 * AWS's chain, as its own tools have it. It reads the environment and the files of the user by itself.
 * @returns nothing where there are no credentials at all; what was set up and does not work is an error
 */
export function chainOf(profile: string | undefined): (anew: boolean) => Promise<S3Credentials | undefined> {
  // People log in while a program runs: what is asked for anew is read anew.
  const provide = defaultProvider({ ignoreCache: true, logger: silent, ...(profile !== undefined && { profile }) });
  return async (anew) => {
    try {
      return await provide({ forceRefresh: anew });
    } catch (error) {
      if (foundNone(error)) return undefined;
      throw error;
    }
  };
}

/** It would write to the console of whoever uses this package. */
const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** The last link says so, and nothing but its words tells it from the others: see the test, which asks the real chain. */
function foundNone(error: unknown): boolean {
  return (
    error instanceof Error &&
    error.name === "CredentialsProviderError" &&
    error.message === "Could not load credentials from any providers"
  );
}
