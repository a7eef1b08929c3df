import { expect, it } from 'vitest';
import { refusalOfFragment, refusalText } from './refusal.js';

it.each<[string, ReturnType<typeof refusalOfFragment>]>([
  ['', undefined],
  ['#key=noema_a', undefined],
  ['#refused=', undefined],
  ['#refused=LOGIN_EXPIRED', { reason: 'LOGIN_EXPIRED', email: '' }],
  [
    '#refused=NOT_A_MEMBER&email=ann%2Bx%40example.org',
    { reason: 'NOT_A_MEMBER', email: 'ann+x@example.org' },
  ],
])('%s carries %j', (fragment, refusal) => {
  expect(refusalOfFragment(fragment)).toEqual(refusal);
});

it('says whom to ask, by address', () => {
  expect(refusalText({ reason: 'NOT_A_MEMBER', email: 'ann@example.org' }, 'Example ID').text).toContain(
    'add ann@example.org under Team, Members',
  );
  expect(refusalText({ reason: 'NOT_A_MEMBER', email: '' }, 'Example ID').text).toContain(
    'Example ID did not send',
  );
});

it.each([
  'EMAIL_UNVERIFIED',
  'LOGIN_EXPIRED',
  'PROVIDER_REFUSED',
  'PROVIDER_AWAY',
  'IDENTITY_INVALID',
  'IDENTITY_PROVIDER_MISSING',
  'SERVICE_AWAY',
  '<b>',
])('has words of its own for %s', (reason) => {
  const { title, text } = refusalText({ reason, email: 'a@b.c' }, 'Example ID');
  expect(title).not.toBe('');
  expect(title + text).not.toContain(reason);
});
