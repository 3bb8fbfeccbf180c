import type { HubRequest } from "../hub-request.ts";

/** What the Hub sends with every answer, errors included. Clients print the request's id in their errors. */
export function hubHeaders({ path }: HubRequest, requestNumber: number): Readonly<Record<string, string>> {
  const [resource, limit] = path.startsWith("/api/") && !path.startsWith("/api/resolve-cache/") ? api : resolvers;
  return {
    "X-Request-Id": `Root=1-67744500-${requestNumber.toString(16).padStart(24, "0")}`,
    RateLimit: `"${resource}";r=${limit - 1};t=300`, // never the reason for a 429: that is for a fault to say
    "RateLimit-Policy": `"fixed window";"${resource}";q=${limit};w=300`,
  };
}

const api = ["api", 500] as const;
const resolvers = ["resolvers", 3000] as const;
