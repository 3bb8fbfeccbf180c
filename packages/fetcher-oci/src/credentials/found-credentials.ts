/** What is sent to a registry, or to its token server. */
export type Secret =
  /** For the registry or its token server, by the Basic scheme. */
  | { readonly type: "password"; readonly username: string; readonly password: string }
  /** For the token server alone, which gives a token for it. */
  | { readonly type: "identity-token"; readonly token: string }
  /** For the registry, as it is. */
  | { readonly type: "registry-token"; readonly token: string };

export interface FoundCredentials {
  readonly secret: Secret;
  /** A path, a helper, or an option; to be told. */
  readonly from: string;
}
