/** Opens the secrets that an integration declares: their values by name, when a process needs them. */
export type OpenSecrets = () => Promise<Readonly<Record<string, string>>>;
