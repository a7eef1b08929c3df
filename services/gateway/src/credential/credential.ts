/** A person whom an identity provider has identified, in one team. */
export interface PersonCredential {
  readonly issuer: string;
  readonly subject: string;
  readonly teamId: string;
}

/**
 * The credential of a session or a program: an API key, or a person; with the id of its session, which may
 * have ended.
 */
export type Credential = ({ readonly apiKey: string } | { readonly person: PersonCredential }) & {
  readonly sessionId?: string;
};

/** A token exchanged for an API key, or for a person. */
export interface ExchangedToken {
  readonly token: string;
  readonly lifetimeMs: number;
}
