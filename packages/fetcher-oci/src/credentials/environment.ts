/** What a user has set for the clients of registries, read as those read it. */
export type Environment = Readonly<Record<string, string | undefined>>;
