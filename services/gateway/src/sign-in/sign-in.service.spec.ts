import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { IdentifiedPerson, IdentityProvider } from './identity-provider.ports.js';
import { LoginSeal } from './login.js';
import { SignInService } from './sign-in.service.js';

const ANN: IdentifiedPerson = {
  issuer: 'https://id.example.org',
  subject: 'ann',
  email: 'ann@example.org',
  emailVerified: true,
};

/** A sign-in at a provider that identifies this person, whom admins have added to these teams by address. */
function makeSignIn(person: IdentifiedPerson = ANN, teams: Readonly<Record<string, string[]>> = {}) {
  let nowMs = 0;
  const provider: IdentityProvider = {
    displayName: 'Example',
    signInUrl: ({ state }) => Promise.resolve(`https://id.example.org/authorize?state=${state}`),
    identify: () => Promise.resolve(person),
    signOutUrl: () => Promise.resolve(undefined),
  };
  const seal = new LoginSeal(randomBytes(32).toString('base64'), () => nowMs);
  const service = new SignInService(provider, seal, {
    signIn: (_, email) => Promise.resolve((teams[email] ?? []).map((teamId) => ({ teamId }))),
  });
  /** Signs in as a browser does: there with a fresh login, and back with its state. */
  const signIn = async (next: string | null = null, waitMs = 0) => {
    const { url, sealed } = await service.begin(next);
    nowMs += waitMs;
    return service.complete(new URL(url).searchParams, sealed);
  };
  return { service, signIn };
}

describe('a sign-in', () => {
  it('opens the first team of a person, and counts all', async () => {
    const { signIn } = makeSignIn(ANN, { 'ann@example.org': ['first', 'second'] });
    expect(await signIn('/runs?epoch=3')).toEqual({
      person: { issuer: ANN.issuer, subject: ANN.subject, teamId: 'first' },
      teams: 2,
      next: '/runs?epoch=3',
    });
  });
  it('leads to the start page instead of another site', async () => {
    const { signIn } = makeSignIn(ANN, { 'ann@example.org': ['first'] });
    expect((await signIn('https://evil.example.org')).next).toBe('/');
  });
  it('rejects a person whom no admin has added', async () => {
    await expect(makeSignIn().signIn()).rejects.toMatchObject({
      kind: 'forbidden',
      reason: 'NOT_A_MEMBER',
      metadata: { email: 'ann@example.org' },
    });
  });
  it('finds no team by an address that the provider has not verified', async () => {
    const { signIn } = makeSignIn({ ...ANN, emailVerified: false }, { 'ann@example.org': ['first'] });
    await expect(signIn()).rejects.toMatchObject({ kind: 'forbidden', reason: 'EMAIL_UNVERIFIED' });
  });
  it('rejects a state that is not the one of the browser, and a browser without a login', async () => {
    const { service } = makeSignIn(ANN, { 'ann@example.org': ['first'] });
    const { sealed } = await service.begin(null);
    const [own, other] = [await service.begin(null), new URLSearchParams({ state: 'forged' })];
    for (const [query, login] of [
      [other, sealed],
      [new URL(own.url).searchParams, sealed],
      [new URLSearchParams(), sealed],
      [new URL(own.url).searchParams, undefined],
    ] as const)
      await expect(service.complete(query, login)).rejects.toMatchObject({ reason: 'LOGIN_EXPIRED' });
  });
  it('rejects a login that took longer than ten minutes', async () => {
    const { signIn } = makeSignIn(ANN, { 'ann@example.org': ['first'] });
    await expect(signIn(null, 601_000)).rejects.toMatchObject({ reason: 'LOGIN_EXPIRED' });
  });
});
