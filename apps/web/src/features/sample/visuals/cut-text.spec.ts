import { expect, it } from 'vitest';
import { cutText } from './cut-text.js';

const cut = (text: string, ...parts: [number, number][]) =>
  cutText(
    text,
    parts.map(([start, end]) => ({ start, end })),
  ).map(({ text: piece, parts: inside, ending }) => [
    piece,
    inside.map(({ start, end }) => text.slice(start, end)),
    ending.map(({ start, end }) => text.slice(start, end)),
  ]);

it('a text is cut where its parts start and end', () => {
  expect(cut('Ann in Rome', [0, 3], [7, 11])).toEqual([
    ['Ann', ['Ann'], ['Ann']],
    [' in ', [], []],
    ['Rome', ['Rome'], ['Rome']],
  ]);
});

it('parts may be nested and overlap', () => {
  expect(cut('abcdef', [2, 4], [0, 4], [3, 6])).toEqual([
    ['ab', ['abcd'], []],
    ['c', ['abcd', 'cd'], []],
    ['d', ['abcd', 'cd', 'def'], ['cd', 'abcd']],
    ['ef', ['def'], ['def']],
  ]);
});

it('a text without parts is one piece, an empty one has no piece', () => {
  expect(cut('abc')).toEqual([['abc', [], []]]);
  expect(cut('')).toEqual([]);
});

it('the pieces are the whole text, for any parts', () => {
  const text = 'the quick brown fox';
  for (let seed = 1; seed < 40; seed++) {
    const parts = Array.from({ length: seed % 7 }, (_, i): [number, number] => {
      const start = (seed * 5 + i * 3) % 15;
      return [start, start + 1 + ((seed + i) % 4)];
    });
    const pieces = cut(text, ...parts);
    expect(pieces.map(([piece]) => piece).join('')).toBe(text);
    expect(pieces.flatMap(([, , ending]) => ending)).toHaveLength(parts.length);
  }
});
