import type { RealTokenServer } from "./token-server.ts";

export interface RegistryConfig {
  /** Where it keeps everything. */
  readonly storage: string;
  readonly htpasswd: string | undefined;
  readonly token: { readonly server: RealTokenServer; readonly certificatePath: string } | undefined;
  readonly proxy:
    | { readonly url: string; readonly signIn: { readonly user: string; readonly password: string } | undefined }
    | undefined;
}

/** Of the Docker distribution 2.8, which reads YAML, and so JSON. It says itself which port it has got. */
export function registryConfig({ storage, htpasswd, token, proxy }: RegistryConfig): string {
  return JSON.stringify({
    version: "0.1",
    log: { level: "info", formatter: "text" },
    storage: { filesystem: { rootdirectory: storage }, delete: { enabled: true } },
    http: { addr: "127.0.0.1:0", secret: "of-a-test" },
    ...(htpasswd !== undefined && { auth: { htpasswd: { realm: "Registry of a test", path: htpasswd } } }),
    ...(token !== undefined && {
      auth: {
        token: {
          realm: token.server.realm,
          service: token.server.service,
          issuer: token.server.issuer,
          rootcertbundle: token.certificatePath,
        },
      },
    }),
    ...(proxy !== undefined && {
      proxy: {
        remoteurl: proxy.url,
        ...(proxy.signIn !== undefined && { username: proxy.signIn.user, password: proxy.signIn.password }),
      },
    }),
  });
}
