/** A person whom an identity provider has identified, in one team. */
export interface PersonCredential {
  readonly issuer: string;
  readonly subject: string;
  readonly teamId: string;
}

/** What a session stands for: an API key, or a person. */
export type Credential = { readonly apiKey: string } | { readonly person: PersonCredential };
