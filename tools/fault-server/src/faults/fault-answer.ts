import { textContent } from "../content/content.ts";
import { type Answer, answer, textAnswer } from "../http/answer.ts";
import type { RequestFaults } from "./fault.ts";

/** Where a fault says what is answered, whatever is asked for, that. */
export function faultAnswer(met: RequestFaults): Answer | undefined {
  const fault = met.use("status");
  if (fault !== undefined) {
    const { status, reason, headers, body = "Injected by the test.\n" } = fault;
    const plain = textAnswer(status, body, headers);
    return { ...plain, reason: reason ?? plain.reason };
  }
  return met.use("html") && answer(200, { "Content-Type": "text/html; charset=utf-8" }, textContent(logInPage));
}

const logInPage = `<!doctype html>
<html><head><title>Log in to the network</title></head>
<body><form action="/login" method="post"><input name="user"><input name="password" type="password"></form></body></html>
`;
