import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { nextPath } from '@noema/kernel';
import type { PersonCredential } from '../credential/credential.js';
import { emailUnverified, loginExpired, notMember } from './sign-in.errors.js';
import type { IdentifiedPerson, IdentityProvider } from './identity-provider.ports.js';
import type { LoginSeal } from './login.js';

/** Finds the teams of a person. */
export interface PersonDirectory {
  /**
   * Returns the teams by name. A verified address binds the person to the members that admins have added with it;
   * empty for an unverified one.
   */
  signIn(
    person: { readonly issuer: string; readonly subject: string },
    verifiedEmail: string,
  ): Promise<readonly { readonly teamId: string }[]>;
}

/** A person who is a member of a team. */
export interface SignedInPerson {
  /** The person in the first of the teams. */
  readonly person: PersonCredential;
  readonly teams: number;
  readonly next: string;
}

/**
 * Signs people in at the identity provider, if an admin has added them to a team.
 */
export class SignInService {
  constructor(
    readonly provider: IdentityProvider,
    private readonly seal: LoginSeal,
    private readonly directory: PersonDirectory,
  ) {}

  /**
   * Returns the URL for the browser, and the sealed login that it has to bring back. Throws `unavailable`
   * PROVIDER_AWAY.
   */
  async begin(next: string | null): Promise<{ readonly url: string; readonly sealed: string }> {
    const [state = '', nonce = '', codeVerifier = ''] = Array.from({ length: 3 }, () =>
      randomBytes(32).toString('base64url'),
    );
    const url = await this.provider.signInUrl({ state, nonce, codeVerifier });
    return { url, sealed: this.seal.seal({ state, nonce, codeVerifier, next: nextPath(next) }) };
  }

  /**
   * Returns the person whose browser came back with the login that `begin` sealed. Throws `unauthenticated`
   * LOGIN_EXPIRED, PROVIDER_REFUSED, IDENTITY_INVALID, `forbidden` NOT_A_MEMBER, EMAIL_UNVERIFIED,
   * `unavailable` PROVIDER_AWAY.
   */
  async complete(query: URLSearchParams, sealed: string | undefined): Promise<SignedInPerson> {
    const { provider, seal, directory } = this;
    const login = seal.open(sealed ?? '');
    if (login === undefined || !same(login.state, query.get('state') ?? '')) throw loginExpired();
    const person = await provider.identify(query, login);
    const teams = await directory.signIn(person, person.emailVerified ? person.email : '');
    const [first] = teams;
    if (first === undefined) throw toRefusal(person);
    return {
      person: { issuer: person.issuer, subject: person.subject, teamId: first.teamId },
      teams: teams.length,
      next: login.next,
    };
  }
}

const toRefusal = ({ email, emailVerified }: IdentifiedPerson): Error =>
  email !== '' && !emailVerified ? emailUnverified(email) : notMember(email);

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
const same = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));
