import { describe, expect, it } from 'vitest';
import { rowsCode } from './filter-code.js';
import type { Filter } from './filters.js';
import { decodeSteps, encodeSteps, type SelectionStep } from './selection-steps.js';

const mapId = '01a213b7-8c59-7dc7-8de5-ae891b6ff6c6';
const outline = Float32Array.of(0.1, -2.5, 3e7, 4, 1 / 3, -0);
const filters: readonly Filter[] = [
  { kind: 'codes', column: 'metadata.a:b', names: ['x,y.', null] },
  { kind: 'range', column: 'loss', low: 0.01, high: 2, missing: true },
];

describe('the steps of a selection', () => {
  it.each<[string, SelectionStep[]]>([
    ['one outline', [{ kind: 'outline', how: 'replace', mapId, outline, filters: [] }]],
    [
      'outlines added and taken away, among filters',
      [
        { kind: 'outline', how: 'replace', mapId, outline, filters },
        { kind: 'outline', how: 'add', mapId, outline, filters: [] },
        { kind: 'outline', how: 'remove', mapId, outline, filters },
      ],
    ],
    [
      'rows, and an outline more',
      [
        { kind: 'rows', code: 'dAB_-' },
        { kind: 'outline', how: 'add', mapId, outline, filters: [] },
      ],
    ],
    [
      'a slice, and an outline less',
      [
        { kind: 'rows', code: `slice:${mapId}` },
        { kind: 'outline', how: 'remove', mapId, outline, filters: [] },
      ],
    ],
  ])('come back from an address: %s', (_, steps) => {
    const text = encodeSteps(steps)!;
    expect(rowsCode(text)).toBe(text);
    expect(
      decodeSteps(new URLSearchParams(new URLSearchParams({ sel: text }).toString()).get('sel')!),
    ).toEqual(steps);
  });

  it('take part in an address only when they fit', () => {
    expect(
      encodeSteps([
        { kind: 'outline', how: 'replace', mapId, outline: new Float32Array(2_000), filters: [] },
      ]),
    ).toBeUndefined();
  });

  it.each([
    '',
    'o',
    'oq',
    `or${mapId}`,
    `or${mapId}AAA`,
    `or${mapId}AADAfwAAwH8`,
    `or${mapId}AAAAAAAAAAA*__`,
  ])('are refused when they are not some: %s', (text) => {
    expect(decodeSteps(text)).toBeUndefined();
  });
});
