/**
 * What a machine may lack, and a test needs, is a reason to skip the test; where the whole of the tests is to be run
 * (`REQUIRE_REAL=1`), it is a failure.
 */
export function assertReal(what: string, whyNot: string | undefined): void {
  if (whyNot !== undefined && process.env["REQUIRE_REAL"] === "1") throw new Error(`${what} is wanted: ${whyNot}`);
}
