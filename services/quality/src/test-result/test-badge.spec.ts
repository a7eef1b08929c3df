import { expect, it } from 'vitest';
import { drawBadge } from './test-badge.js';

const none = { pass: 0, fail: 0, undecided: 0, unjudged: 0 };

it.each([
  [{}, 'none', '#57606a'],
  [{ pass: 12 }, '12 passing', '#1a7f37'],
  [{ pass: 12, unjudged: 1 }, '1 not judged, 12 passing', '#57606a'],
  [{ pass: 12, unjudged: 1, undecided: 2 }, '2 undecided, 1 not judged, 12 passing', '#8a5a00'],
  [{ pass: 12, undecided: 2, fail: 1 }, '1 failing, 2 undecided, 12 passing', '#b42318'],
])('%j is "%s" in the colour of the worst status', (counts, text, color) => {
  const badge = drawBadge({ ...none, ...counts });
  expect(badge).toContain(`<title>tests: ${text}</title>`);
  expect(badge).toContain(`fill="${color}"`);
  expect(badge.match(/fill="#(1a7f37|b42318|8a5a00|57606a)"/g)).toHaveLength(1);
});
