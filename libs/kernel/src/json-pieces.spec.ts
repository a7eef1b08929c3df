import { describe, expect, it } from 'vitest';
import { jsonPieces } from './json-pieces.js';

const members = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, i / 3]));

describe('JSON in pieces', () => {
  it.each<[string, unknown]>([
    ['a number', 0.1],
    ['a text', 'ü"\\\n\u2028'],
    ['null', null],
    ['an empty object', {}],
    ['an empty array', []],
    ['numbers that JSON does not have', [NaN, Infinity, -0]],
    ['keys in the order of objects', { b: 1, 2: 'two', a: [true, { c: null }], 1: [], '': {} }],
    ['a key that is a prototype', JSON.parse('{"__proto__": {"role": "admin"}}') as unknown],
    ['5,000 members', { a: members(5_000), b: [members(3), members(2_000)] }],
  ])('is the text of JSON.stringify: %s', (_, value) => {
    expect([...jsonPieces(value)].join('')).toBe(JSON.stringify(value));
  });

  it('has at most 1,024 values in a piece', () => {
    const pieces = [...jsonPieces(members(10_000))];
    expect(pieces.length).toBeGreaterThanOrEqual(Math.floor(10_000 / 1024));
    for (const piece of pieces) expect(piece.split(':').length - 1).toBeLessThanOrEqual(1024);
  });

  it('ends with a RangeError where the stack ends', () => {
    let deep: unknown = 1;
    for (let n = 0; n < 100_000; n++) deep = { a: deep };
    expect(() => [...jsonPieces(deep)]).toThrow(RangeError);
  });
});
