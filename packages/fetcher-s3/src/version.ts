/** The version of this package; `tools/versions/sync-versions.ts` keeps it equal to package.json. */
export const version: string = "0.0.0";
