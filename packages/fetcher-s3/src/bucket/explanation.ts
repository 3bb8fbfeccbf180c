import type { AnswerCode, Subject } from "./s3-failure.ts";

interface Known extends Subject {
  readonly serverCode: string;
  /** The region that the server names. */
  readonly told: string | undefined;
  readonly isDeleted: boolean;
  readonly message: string | undefined;
}

interface Explanation {
  readonly message: string;
  readonly hint: string;
}

const ways =
  "Log in (aws configure, aws sso login), name a profile (AWS_PROFILE), set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give credentials to the fetcher";

/** What an answer of S3 means for whoever asked, and what to do now. */
export function explanation(code: AnswerCode, about: Known): Explanation {
  const { bucket, key, versionId, host, region, told, isDeleted, serverCode } = about;
  const name = nameOf(about);
  switch (code) {
    case "S3_BUCKET_NOT_FOUND":
      return {
        message: `There is no bucket ${bucket} at ${host}.`,
        hint: "Check its name. A bucket of another vendor, or of a server of your own, needs the endpoint: the option endpoint, AWS_ENDPOINT_URL_S3, or endpoint_url of the profile.",
      };
    case "S3_KEY_NOT_FOUND":
      return isDeleted
        ? {
            message: `${name} was deleted: its latest version marks the deletion.`,
            hint: `An older version can be fetched by its id: ${name}?versionId=… (aws s3api list-object-versions --bucket ${bucket} lists them).`,
          }
        : {
            message: `The bucket ${bucket} has no key ${JSON.stringify(key ?? "")}.`,
            hint: `See what it has: aws s3 ls s3://${bucket}/. Upper and lower case count; a prefix ends with a slash.`,
          };
    case "S3_VERSION_NOT_FOUND":
      return {
        message: isDeleted
          ? `The version ${versionId ?? ""} of ${name} marks a deletion, and has no content.`
          : `${name} has no version ${versionId ?? ""}.`,
        hint: `See which there are: aws s3api list-object-versions --bucket ${bucket} --prefix ${key ?? ""}.`,
      };
    case "S3_ACCESS_DENIED":
      return { message: `${host} does not allow to read ${name} (${serverCode}).`, hint: deniedHint(about) };
    case "S3_CREDENTIALS_MISSING":
      return {
        message: `${name} is not public, and no AWS credentials were found.`,
        hint: `${ways}.`,
      };
    case "S3_CREDENTIALS_INVALID":
      return {
        message: `${host} does not accept the credentials (${serverCode}).`,
        hint: "Check that key and secret belong together, are active, and are for this endpoint; aws sts get-caller-identity tells whose they are at AWS.",
      };
    case "S3_CREDENTIALS_EXPIRED":
      return {
        message: `The session of the credentials for ${host} is over (${serverCode}).`,
        hint: "Get new ones (aws sso login, or whatever gave them). What has arrived is kept.",
      };
    case "S3_CLOCK_SKEWED":
      return {
        message: `The clocks of this machine and of ${host} differ by more than signatures allow (15 minutes).`,
        hint: "Set this machine's clock: timedatectl set-ntp true, or the settings of the system.",
      };
    case "S3_REGION_WRONG":
      return {
        message: `The bucket ${bucket} is not in the region ${region}${told === undefined ? "" : `, but in ${told}`}.`,
        hint: `Name its region: the option region, AWS_REGION, or region of the profile${told === undefined ? "" : ` (${told})`}; and check the endpoint, if one is set.`,
      };
    case "S3_OBJECT_ARCHIVED":
      return archivedText(bucket, key ?? "");
    case "S3_SOURCE_CHANGED":
      return {
        message: `${name} is not the version any more that was asked for.`,
        hint: "It was replaced meanwhile: try again when it has settled.",
      };
    case "S3_ANSWER_INVALID":
      return {
        message: `${host} does not take the request for ${name}: ${serverCode}${about.message === undefined ? "" : ` (${about.message.slice(0, 200)})`}.`,
        hint: "Check the endpoint: what answers there has to have the interface of S3.",
      };
  }
}

export function archivedText(bucket: string, key: string): Explanation {
  return {
    message: `s3://${bucket}/${key} lies in an archive, and cannot be read before it is restored.`,
    hint: `Restore it first: aws s3api restore-object --bucket ${bucket} --key ${key} --restore-request Days=7. That takes minutes to hours.`,
  };
}

function nameOf({ bucket, key, prefix }: Subject): string {
  return `s3://${bucket}/${key ?? prefix ?? ""}`;
}

function deniedHint({ identity, requesterPays, bucket, key }: Known): string {
  if (identity === "anonymous") return `It is not public, and the fetcher asks as nobody. ${ways}.`;
  const action = key === undefined ? "s3:ListBucket" : "s3:GetObject";
  const pays = requesterPays ? "" : " If the bucket wants requesters to pay, set the option requesterPays.";
  return `The credentials need ${action} on ${bucket}; S3 says this also of keys that do not exist, where the bucket may not be listed.${pays}`;
}
