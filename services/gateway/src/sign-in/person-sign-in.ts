import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { PersonCredential } from '../credential/credential.js';
import { emailUnverified, loginExpired, notMember } from './sign-in.errors.js';
import type { IdentifiedPerson, IdentityProvider } from './identity-provider.ports.js';
import type { LoginSeal } from './login.js';
import { nextPath } from './next-path.js';

/** Tells in which teams a person is a member. */
export interface PersonDirectory {
  /**
   * By name; a verified address makes whoever has it the members whom admins have added with it, empty for
   * none.
   */
  signIn(
    person: { readonly issuer: string; readonly subject: string },
    verifiedEmail: string,
  ): Promise<readonly { readonly teamId: string }[]>;
}

export interface PersonSignInParts {
  readonly provider: IdentityProvider;
  readonly seal: LoginSeal;
  readonly directory: PersonDirectory;
}

/** Somebody who may come in. */
export interface SignedInPerson {
  /** In the first of the teams. */
  readonly person: PersonCredential;
  readonly teams: number;
  readonly next: string;
}

/**
 * Signs people in at the identity provider: leads them there, and lets in whom it sends back and an admin has
 * added to a team.
 */
export class PersonSignIn {
  constructor(private readonly parts: PersonSignInParts) {}

  get provider(): IdentityProvider {
    return this.parts.provider;
  }

  /** Where to lead the browser, and what it has to bring back. Throws `unavailable` PROVIDER_AWAY. */
  async begin(next: string | null): Promise<{ readonly url: string; readonly sealed: string }> {
    const [state = '', nonce = '', codeVerifier = ''] = Array.from({ length: 3 }, () =>
      randomBytes(32).toString('base64url'),
    );
    const url = await this.parts.provider.signInUrl({ state, nonce, codeVerifier });
    return { url, sealed: this.parts.seal.seal({ state, nonce, codeVerifier, next: nextPath(next) }) };
  }

  /**
   * Who came back with what `begin` sealed. Throws `unauthenticated` LOGIN_EXPIRED, PROVIDER_REFUSED,
   * IDENTITY_INVALID, `forbidden` NOT_A_MEMBER, EMAIL_UNVERIFIED, `unavailable` PROVIDER_AWAY.
   */
  async complete(query: URLSearchParams, sealed: string | undefined): Promise<SignedInPerson> {
    const { provider, seal, directory } = this.parts;
    const login = seal.open(sealed ?? '');
    if (login === undefined || !same(login.state, query.get('state') ?? '')) throw loginExpired();
    const person = await provider.identify(query, login);
    const teams = await directory.signIn(person, person.emailVerified ? person.email : '');
    const [first] = teams;
    if (first === undefined) throw refusalOf(person);
    return {
      person: { issuer: person.issuer, subject: person.subject, teamId: first.teamId },
      teams: teams.length,
      next: login.next,
    };
  }
}

const refusalOf = ({ email, emailVerified }: IdentifiedPerson): Error =>
  email !== '' && !emailVerified ? emailUnverified(email) : notMember(email);

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
const same = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));
