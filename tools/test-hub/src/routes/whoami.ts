import { type Answer, jsonAnswer } from "../http/answer.ts";
import { HubError } from "../http/hub-error.ts";
import type { HubCall } from "../hub-state.ts";

/** `/api/whoami-v2`: whose token it is. */
export function whoami({ caller }: HubCall): Answer {
  if (caller.kind !== "user") throw new HubError({ status: 401, message: "Invalid username or password." });
  const { user } = caller.token;
  return jsonAnswer({
    type: "user",
    id: Buffer.from(user).toString("hex").padEnd(24, "0").slice(0, 24),
    name: user,
    fullname: user,
    email: `${user}@example.invalid`,
    emailVerified: true,
    isPro: false,
    orgs: [],
    auth: { type: "access_token", accessToken: { displayName: "test", role: "read" } },
  });
}
