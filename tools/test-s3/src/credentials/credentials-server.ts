import { randomUUID } from "node:crypto";
import { textContent } from "../../../fault-server/src/content/content.ts";
import { type Answer, answer, textAnswer } from "../../../fault-server/src/http/answer.ts";
import type { ReceivedRequest } from "../../../fault-server/src/index.ts";
import { element, errorXml } from "../answers/xml.ts";
import { type ServerGroup, startServerGroup } from "../server-group.ts";
import type { AccessKey } from "../signature/access-key.ts";

/** Gives out credentials as containers, instances (IMDSv2 only) and STS do. All faults of the fault server act on it. */
export interface CredentialsServer extends Omit<ServerGroup, "endpoints" | "ca"> {
  /** For `AWS_EC2_METADATA_SERVICE_ENDPOINT`, and `AWS_ENDPOINT_URL_STS`. */
  readonly origin: string;
  readonly port: number;
  /** For `AWS_CONTAINER_CREDENTIALS_FULL_URI`. */
  readonly containerUri: string;
  /** How often it gave credentials. */
  readonly issued: number;
  /** Gives out others from now on. */
  setCredentials(credentials: AccessKey): void;
}

export interface CredentialsServerOptions {
  readonly credentials: AccessKey;
  /** From the moment they are given out. @default 3_600_000 */
  readonly expiresInMs?: number;
  /** What a container must say in `Authorization`. @default nothing */
  readonly authorization?: string;
  /** What `AssumeRoleWithWebIdentity` takes. @default any */
  readonly webIdentityToken?: string;
}

export async function startCredentialsServer(options: CredentialsServerOptions): Promise<CredentialsServer> {
  let { credentials } = options;
  let issued = 0;
  const tokens = new Set<string>();
  const issue = (): Issued => {
    issued++;
    return { ...credentials, expiration: new Date(Date.now() + (options.expiresInMs ?? 3_600_000)).toISOString() };
  };
  const group = await startServerGroup([(request) => respond(request, { ...options, tokens, issue })]);
  const [endpoint = { origin: "", port: 0 }] = group.endpoints;
  return {
    ...endpoint,
    containerUri: `${endpoint.origin}/container/credentials`,
    requests: group.requests,
    get issued() {
      return issued;
    },
    get connections() {
      return group.connections;
    },
    get openConnections() {
      return group.openConnections;
    },
    get bodyBytesSent() {
      return group.bodyBytesSent;
    },
    setCredentials: (others) => void (credentials = others),
    inject: (fault) => group.inject(fault),
    injectOnConnection: (fault) => group.injectOnConnection(fault),
    requestArrived: (predicate) => group.requestArrived(predicate),
    allConnectionsClosed: () => group.allConnectionsClosed(),
    close: () => group.close(),
    [Symbol.asyncDispose]: () => group.close(),
  };
}

interface Issued extends AccessKey {
  readonly expiration: string;
}

interface Issuer extends Pick<CredentialsServerOptions, "authorization" | "webIdentityToken"> {
  /** Those of instances that it has given out. */
  readonly tokens: Set<string>;
  readonly issue: () => Issued;
}

function respond(request: ReceivedRequest, issuer: Issuer): Answer {
  const path = request.path.replace(/\?.*/s, "");
  if (path === "/container/credentials") return ofContainer(request, issuer);
  if (path.startsWith("/latest/")) return ofInstance(request, path, issuer);
  if (path === "/" && request.method === "POST") return ofSts(request, issuer);
  return textAnswer(404, "Not Found");
}

function ofContainer({ headers }: ReceivedRequest, { authorization, issue }: Issuer): Answer {
  if (authorization !== undefined && headers["authorization"] !== authorization) {
    return json(401, { code: "Unauthorized", message: "The authorization token is not the right one." });
  }
  const { expiration, ...key } = issue();
  return json(200, { RoleArn: roleArn, ...jsonOf(key), Expiration: expiration });
}

function ofInstance({ method, headers }: ReceivedRequest, path: string, { tokens, issue }: Issuer): Answer {
  if (path === "/latest/api/token") {
    const ttl = headers["x-aws-ec2-metadata-token-ttl-seconds"];
    if (method !== "PUT") return textAnswer(405, "Method Not Allowed");
    if (ttl === undefined || !/^\d{1,5}$/.test(ttl)) return textAnswer(400, "Bad Request");
    const token = randomUUID();
    tokens.add(token);
    return textAnswer(200, token, { "x-aws-ec2-metadata-token-ttl-seconds": ttl });
  }
  if (!tokens.has(headers["x-aws-ec2-metadata-token"] ?? "")) return textAnswer(401, "Unauthorized");
  const folder = "/latest/meta-data/iam/security-credentials/";
  if (path === folder || `${path}/` === folder) return textAnswer(200, roleName);
  if (path !== `${folder}${roleName}`) return textAnswer(404, "Not Found");
  const { expiration, ...key } = issue();
  const lastUpdated = new Date().toISOString();
  const about = { Code: "Success", LastUpdated: lastUpdated, Type: "AWS-HMAC" };
  return json(200, { ...about, ...jsonOf(key), Expiration: expiration });
}

function ofSts({ body }: ReceivedRequest, { webIdentityToken, issue }: Issuer): Answer {
  const form = new URLSearchParams(body.toString());
  const isRight = webIdentityToken === undefined || form.get("WebIdentityToken") === webIdentityToken;
  if (form.get("Action") !== "AssumeRoleWithWebIdentity") return stsError("InvalidAction", "No such action here.");
  if (!isRight) return stsError("InvalidIdentityToken", "The web identity token is not the right one.");
  const { accessKeyId, secretAccessKey, sessionToken = "", expiration } = issue();
  const credentials = [
    element("AccessKeyId", accessKeyId),
    element("SecretAccessKey", secretAccessKey),
    element("SessionToken", sessionToken),
    element("Expiration", expiration),
  ];
  const user = element("Arn", roleArn) + element("AssumedRoleId", "AROATEST:session");
  const result = `<Credentials>${credentials.join("")}</Credentials><AssumedRoleUser>${user}</AssumedRoleUser>`;
  return xml(
    200,
    `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult>${result}</AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`,
  );
}

function stsError(code: string, message: string): Answer {
  const error = errorXml({ Type: "Sender", Code: code, Message: message });
  return xml(400, error.replace("<Error>", "<ErrorResponse><Error>").concat("</ErrorResponse>"));
}

function jsonOf({ accessKeyId, secretAccessKey, sessionToken = "" }: AccessKey): Record<string, string> {
  return { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, Token: sessionToken };
}

function json(status: number, value: object): Answer {
  return answer(status, { "Content-Type": "application/json" }, textContent(JSON.stringify(value)));
}

function xml(status: number, text: string): Answer {
  return answer(status, { "Content-Type": "text/xml" }, textContent(text));
}

const roleName = "test-role";
const roleArn = "arn:aws:iam::000000000000:role/test-role";
