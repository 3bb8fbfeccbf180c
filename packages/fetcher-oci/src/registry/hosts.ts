import { isIP } from "node:net";

/** Where a registry answers: `https://registry-1.docker.io`, `http://localhost:5000`. */
export function originOf(registry: string, plainHttp: ReadonlySet<string>): string {
  const host = registry === "docker.io" ? "registry-1.docker.io" : registry;
  return `${isPlain(registry, plainHttp) ? "http" : "https"}://${host}`;
}

/** A registry of this machine speaks plain HTTP, as all clients of registries take it; others where they are named. */
function isPlain(registry: string, plainHttp: ReadonlySet<string>): boolean {
  const { hostname } = new URL(`http://${registry}/`);
  return plainHttp.has(registry) || plainHttp.has(hostname) || isLoopback(hostname);
}

function isLoopback(hostname: string): boolean {
  if (hostname === "localhost" || hostname.endsWith(".localhost")) return true;
  return hostname === "[::1]" || (isIP(hostname) === 4 && hostname.startsWith("127."));
}
