import type { ModelError } from "@llama-orch/catalog-core";
import type { Refusal } from "@llama-orch/transfer";
import { type OciErrorCode, ociError } from "../errors.ts";
import type { Place } from "./token-question.ts";

/** What a request is about. */
export type Subject =
  | { readonly type: "manifest"; /** Tag or digest. */ readonly reference: string }
  | { readonly type: "blob"; readonly digest: string };

/** The first one that it tells. */
async function errorCodeOf(refusal: Refusal): Promise<string | undefined> {
  try {
    const { errorDocument } = await import("./answer-documents.ts");
    return errorDocument.parse(JSON.parse(await refusal.text())).errors[0]?.code.toUpperCase();
  } catch {
    return undefined;
  }
}

export interface Asking extends Place {
  readonly about: Subject;
  /** Where the credentials come from that were refused; absent: there were none. */
  readonly credentialsFrom: string | undefined;
  /** Whether they were accepted, by the token server. */
  readonly isKnown: boolean;
}

/** What a refusal of a registry means; nothing where its status says all. */
export async function registryFailure(refusal: Refusal, asking: Asking): Promise<ModelError<OciErrorCode> | undefined> {
  const { status } = refusal.head;
  if (![401, 403, 404].includes(status)) return undefined;
  const { registry, repository, about } = asking;
  const errorCode = await errorCodeOf(refusal);
  const facts = {
    registry,
    repository,
    status,
    ...(errorCode !== undefined && { errorCode }),
    ...(about.type === "manifest" ? { reference: about.reference } : { digest: about.digest }),
    ...(asking.credentialsFrom !== undefined && { credentialsFrom: asking.credentialsFrom }),
  };
  const code = codeOf(status, errorCode, asking);
  return ociError(code, { ...explanation(code, asking), facts });
}

type RegistryCode =
  | "OCI_REPOSITORY_NOT_FOUND"
  | "OCI_MANIFEST_NOT_FOUND"
  | "OCI_BLOB_NOT_FOUND"
  | "OCI_CREDENTIALS_MISSING"
  | "OCI_CREDENTIALS_REFUSED"
  | "OCI_ACCESS_DENIED";

function codeOf(
  status: number,
  errorCode: string | undefined,
  { about, credentialsFrom, isKnown }: Asking,
): RegistryCode {
  if (status === 404) {
    if (errorCode === "NAME_UNKNOWN") return "OCI_REPOSITORY_NOT_FOUND";
    return about.type === "manifest" ? "OCI_MANIFEST_NOT_FOUND" : "OCI_BLOB_NOT_FOUND";
  }
  if (credentialsFrom === undefined) return "OCI_CREDENTIALS_MISSING";
  // A 401 to a token that was given says that the token is not good for this; to a password, that it is wrong.
  return status === 403 || errorCode === "DENIED" || isKnown ? "OCI_ACCESS_DENIED" : "OCI_CREDENTIALS_REFUSED";
}

function explanation(code: RegistryCode, asking: Asking): { readonly message: string; readonly hint: string } {
  const { registry, repository, about, credentialsFrom = "" } = asking;
  const name = `${registry}/${repository}`;
  const login = `docker login ${registry} (or podman login, oras login)`;
  switch (code) {
    case "OCI_REPOSITORY_NOT_FOUND":
      return {
        message: `The registry ${registry} has no repository ${repository}.`,
        hint: "Check its name: host, organisation and name all count. Some registries say this of what may not be seen.",
      };
    case "OCI_MANIFEST_NOT_FOUND": {
      const reference = about.type === "manifest" ? about.reference : "";
      return {
        message: `${name} has no ${reference.includes(":") ? "manifest" : "tag"} ${reference}, or there is no such repository: not every registry tells which.`,
        hint: "See which tags there are (skopeo list-tags, oras repo tags); one that is left out means latest.",
      };
    }
    case "OCI_BLOB_NOT_FOUND":
      return {
        message: `${name} lacks a layer that its manifest names: ${about.type === "blob" ? about.digest : ""}.`,
        hint: "It may be pushed just now, or be damaged: try again later, or have it pushed again.",
      };
    case "OCI_CREDENTIALS_MISSING":
      return {
        message: `The registry ${registry} does not let everybody read ${repository}, and nobody is logged in; or there is no such repository: it does not tell which.`,
        hint: `Check the name, and log in: ${login}. REGISTRY_AUTH_FILE names another file with logins.`,
      };
    case "OCI_CREDENTIALS_REFUSED":
      return {
        message: `The registry ${registry} does not accept the login of ${credentialsFrom}.`,
        hint: `Log in anew: ${login}. A password that is a token may have expired.`,
      };
    case "OCI_ACCESS_DENIED":
      return {
        message: `The registry ${registry} does not let the login of ${credentialsFrom} read ${repository}.`,
        hint: "Ask whoever runs the registry for the right to pull it, or log in as another user. Some registries say this of what is not there.",
      };
  }
}
