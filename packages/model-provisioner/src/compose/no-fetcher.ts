import { provisionerError } from "../errors.ts";

/** Packages that are known to serve a scheme. Only for the hint: a fetcher that is not named here works as well. */
const packagesByScheme: Readonly<Record<string, readonly string[]>> = {
  file: ["@llama-orch/fetcher-file"],
  hf: ["@llama-orch/fetcher-hf", "@llama-orch/fetcher-hf-cli"],
  http: ["@llama-orch/fetcher-http"],
  https: ["@llama-orch/fetcher-http"],
  s3: ["@llama-orch/fetcher-s3"],
  oci: ["@llama-orch/fetcher-oci"],
};

/** The error for a reference that nobody serves: what is configured, and what would have to be added. */
export function noFetcher(scheme: string, configured: readonly string[]): Error {
  const packages = Object.hasOwn(packagesByScheme, scheme) ? packagesByScheme[scheme] : undefined;
  const add =
    packages === undefined
      ? `Add a fetcher that serves ${scheme}: to the provisioner's fetchers`
      : `Install ${packages.join(" or ")} and add it to the provisioner's fetchers`;
  return provisionerError("NO_FETCHER", {
    message: `No fetcher serves ${scheme}: here; configured: ${configured.map((name) => `${name}:`).join(", ")}.`,
    hint: `${add}, or bring the model by other means and name it by path (file:).`,
    facts: { scheme, configured, packages: packages ?? [] },
  });
}
