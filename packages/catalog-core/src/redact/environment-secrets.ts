import { registerSecret } from "./registered-secrets.ts";

/** `TOKEN` but not `TOKENIZER`; `AUTH` as a word of its own, so that `AUTHOR` stays. */
const secretVariable =
  /TOKEN(?!IZ)|SECRET|PASSWORD|PASSWD|PASSPHRASE|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIAL|(?:^|_)AUTH(?:$|_)/i;

/** These name a place where a secret is kept. The place is no secret, and hiding it would shred paths in messages. */
const pointerVariable = /_(?:FILE|PATH|DIR|SOCK)$|^GOOGLE_APPLICATION_CREDENTIALS$/i;

const proxyVariable = /_PROXY$/i;

/**
 * Registers the values of the variables whose names say that they are secret, and the userinfo of proxy URLs.
 * @returns forgets them again.
 */
export function registerSecretsFromEnvironment(env: Readonly<Record<string, string | undefined>>): () => void {
  const forget = Object.entries(env)
    .flatMap(([name, value]) => (value === undefined ? [] : secretsOf(name, value)))
    .map(registerSecret);
  return () => {
    for (const each of forget) each();
  };
}

function secretsOf(name: string, value: string): string[] {
  if (proxyVariable.test(name)) return userinfoSecrets(value);
  return secretVariable.test(name) && !pointerVariable.test(name) ? [value, value.trim()] : [];
}

/** `[scheme://]user:password@host`: the password, and both together; a user name alone may be a token. */
function userinfoSecrets(proxy: string): string[] {
  const userinfo = /^(?:[a-z][a-z0-9+.-]*:\/\/)?(.*)@/is.exec(proxy)?.[1];
  if (userinfo === undefined) return [];
  const colon = userinfo.indexOf(":");
  const password = colon < 0 ? userinfo : userinfo.slice(colon + 1);
  return [userinfo, password, percentDecoded(password)];
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}
