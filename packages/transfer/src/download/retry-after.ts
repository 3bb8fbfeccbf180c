/**
 * How long a server asks to wait, in ms (RFC 9110 § 10.2.3): seconds, or a date.
 * @param nowMs ms since 1970
 */
export function parseRetryAfter(text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text.trim())) return Number(text) * 1_000;
  // Only what looks like one: `Date.parse` takes a lone number for a year.
  const dateMs = /^[A-Za-z]{3,9},? .*\d/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - nowMs);
}

/**
 * The same, as some servers say it instead (draft-ietf-httpapi-ratelimit-headers): `"resolvers";r=0;t=55`, of which none are
 * left, for so many seconds.
 */
export function parseRateLimit(text: string | undefined): number | undefined {
  const [, remaining, seconds] = /;\s*r=(\d+)\s*;\s*t=(\d{1,9})/.exec(text ?? "") ?? [];
  return remaining === "0" && seconds !== undefined ? Number(seconds) * 1_000 : undefined;
}
