import { visualKinds } from '@noema/integration';
import { afterEach, expect, it } from 'vitest';
import { isMediaType, mediaTypes, requireVisual } from './visual.checks.js';

const TOY = 'application/vnd.noema.toy+json';
let remove = (): void => undefined;
afterEach(() => {
  remove();
});

it('stores the kinds of visual that integrations can make, and bytes that are not drawn', () => {
  expect(mediaTypes()).toEqual([
    'image/png',
    'text/plain; charset=utf-8',
    'application/vnd.noema.tokens+json',
    'application/vnd.noema.series+json',
    'application/vnd.noema.table+json',
    'application/octet-stream',
  ]);
  expect(isMediaType('text/html')).toBe(false);
});

it('checks the form of a kind that was added with one registry line', () => {
  expect(isMediaType(TOY)).toBe(false);
  remove = visualKinds.add({
    key: 'toy',
    mediaType: TOY,
    encode: () => Buffer.from('{}'),
    hasForm: (value) => typeof value === 'number',
  });
  expect(isMediaType(TOY)).toBe(true);
  expect(requireVisual(Buffer.from('6'), TOY)).toEqual(Buffer.from('6'));
  expect(() => requireVisual(Buffer.from('"six"'), TOY)).toThrow(TOY);
  expect(() => requireVisual(Buffer.from('{'), TOY)).toThrow(TOY);
});
