import { type Answer, textAnswer } from "../http/answer.ts";
import { contentAnswer } from "../http/content-answer.ts";
import type { HubCall, HubState } from "../hub-state.ts";

/** `/repos/{repo}/{sha256}?…` with a signature, which is all that is asked for. */
export function answerOfCdn(state: HubState, call: HubCall): Answer {
  const signature = call.expiredSignatures ? "expired" : state.urlSigner.check(call.pathAndQuery);
  if (signature !== "valid") return denied(signature === "expired" ? "Request has expired" : "Access denied");
  const [, org, repo, sha256 = ""] = call.segments;
  const content = state.repositories.get(`${org}/${repo}`)?.lfsContents.get(sha256);
  if (content === undefined) return denied("NoSuchKey");
  return contentAnswer(content, call, {
    "Content-Disposition": call.query.get("response-content-disposition") ?? "inline",
    ETag: `"${sha256}"`,
  });
}

/** CDNs speak XML here. */
function denied(message: string): Answer {
  const text = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code><Message>${message}</Message></Error>`;
  return textAnswer(403, text, { "Content-Type": "application/xml" });
}
