import { expect, it } from 'vitest';
import { nextPath } from './next-path.js';

it.each(['/', '/projects/7', '/projects/7?tab=runs#top', '/sign-in-help', '/a%20b'])(
  '%s is a path of the page',
  (path) => {
    expect(nextPath(path)).toBe(path);
  },
);

it.each([
  undefined,
  null,
  '',
  'projects',
  'https://evil.example',
  '//evil.example',
  '/\\evil.example',
  '/\t/evil.example',
  '/\n/evil.example',
  '/a/..//evil.example',
  '/.//evil.example',
  '/%0d%0a',
  '/v1/session',
  '/v1',
  '/oidc/sign-in',
  '/sign-in',
  '/sign-in?next=/',
  '/choose-team?next=/',
  '/mcp',
  '/V1/projects',
  '/./\n/evil.example',
  'javascript:alert(1)',
  '/\u0000',
  '/ü',
  '\\/evil.example',
])('%j is no path of the page', (path) => {
  expect(['/', '/%0d%0a']).toContain(nextPath(path));
});
