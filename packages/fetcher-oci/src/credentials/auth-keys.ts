/**
 * Under which names logins for a repository may stand in a file, the most particular first: `host/org/model`, `host/org`,
 * `host`; docker writes some of them as URLs, and Docker Hub by the URL of its first version.
 */
export function authKeys(registry: string, repository: string): readonly string[] {
  const parts = repository.split("/");
  const below = parts.map((_part, index) => [registry, ...parts.slice(0, parts.length - index)].join("/"));
  const hub =
    registry === "docker.io" ? ["https://index.docker.io/v1/", "index.docker.io", "registry-1.docker.io"] : [];
  const urls = ["https://", "http://"].flatMap((scheme) =>
    ["", "/", "/v1/", "/v2/"].map((path) => `${scheme}${registry}${path}`),
  );
  return [...below, registry, ...hub, ...urls];
}
