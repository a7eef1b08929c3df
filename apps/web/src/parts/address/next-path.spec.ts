import { expect, it } from 'vitest';
import { nextPath } from './next-path.js';

it.each<[string | null, string]>([
  ['/projects/7/runs/8/population?epoch=3#x', '/projects/7/runs/8/population?epoch=3#x'],
  ['/', '/'],
  ...[
    null,
    '',
    'projects',
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    '/\t/evil.example',
    '/./\n/evil.example',
    '/sign-in?next=/sign-in',
    '/..//evil.example',
  ].map((next): [string | null, string] => [next, '/projects']),
])('%j leads to %s', (next, expected) => {
  expect(nextPath(next)).toBe(expected);
});
