import { parseS3Options } from "../s3-fetcher-options.ts";
import { loadSurroundings } from "./surroundings.ts";

/** Which S3 would be asked, and where credentials would be had. Nothing in it is secret. */
export interface S3Inspection {
  /** Absent: AWS's own. */
  readonly endpoint?: string;
  readonly region: string;
  /**
   * What is set up that gives credentials, in the order in which AWS's chain asks: names of variables, and `profile NAME`. Roles of
   * this machine itself are not known before they are asked for.
   */
  readonly credentials: readonly string[];
}

/** Variables of which each is a way to credentials by itself. */
const variables: readonly string[] = ["AWS_ACCESS_KEY_ID"];
const later: readonly string[] = [
  "AWS_WEB_IDENTITY_TOKEN_FILE",
  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
  "AWS_CONTAINER_CREDENTIALS_FULL_URI",
];

/** Keys of a profile that lead to credentials. */
const profileKeys =
  /^(?:aws_access_key_id|sso_session|sso_account_id|credential_process|role_arn|login_session|credential_source)$/;

/**
 * Reads the AWS configuration as the fetcher would; asks nobody, and runs nothing.
 * @param env where the names of variables are looked for; the configuration itself is read from this process's.
 * @throws ModelError `S3_OPTION_INVALID`
 */
export async function inspectS3(env: Readonly<Record<string, string | undefined>>): Promise<S3Inspection> {
  const { endpoint, region } = await loadSurroundings(parseS3Options({}));
  const isSet = (name: string): boolean => (env[name] ?? "") !== "";
  const profile = await profileWithCredentials(env["AWS_PROFILE"] || "default");
  return {
    ...(endpoint !== undefined && { endpoint: endpoint.href.replace(/\/$/, "") }),
    region,
    credentials: [
      ...variables.filter(isSet),
      ...(profile === undefined ? [] : [`profile ${profile}`]),
      ...later.filter(isSet),
    ],
  };
}

async function profileWithCredentials(name: string): Promise<string | undefined> {
  const { loadSharedConfigFiles } = await import("@smithy/core/config");
  const { configFile, credentialsFile } = await loadSharedConfigFiles({ ignoreCache: true });
  const keys = Object.keys({ ...configFile[name], ...credentialsFile[name] });
  return keys.some((key) => profileKeys.test(key)) ? name : undefined;
}
