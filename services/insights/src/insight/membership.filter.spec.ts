import type { Condition } from '@noema/insights';
import { type FieldValue, Filter } from '@noema/kernel';
import { expect, it } from 'vitest';
import { formatFilter } from './membership.filter.js';

const FIELDS = {
  true_class: 'number',
  correct: 'boolean',
  'metadata.pen "x" width': 'number',
  'metadata.hand': 'string',
  'metadata.closed': 'boolean',
} as const;
const matches = (all: readonly Condition[], sample: Readonly<Record<string, FieldValue>>): boolean =>
  Filter.of(formatFilter({ by: 'conditions', all }, new Set(['closed'])), FIELDS).matches(
    (name) => sample[name],
  );

it('matches the samples that meet all conditions, whatever the names', () => {
  const all: Condition[] = [
    { on: 'label', equals: 7 },
    { on: 'correct', equals: false },
    { on: 'metadata', name: 'pen "x" width', above: 0.25, atMost: 1.5 },
    { on: 'metadata', name: 'hand', oneOf: ['left', 'a "b" \\'] },
    { on: 'metadata', name: 'closed', oneOf: ['true'] },
  ];
  const sample = {
    true_class: 7,
    correct: false,
    'metadata.pen "x" width': 1.5,
    'metadata.hand': 'a "b" \\',
    'metadata.closed': true,
  };
  expect(matches(all, sample)).toBe(true);
  for (const other of [
    { true_class: 6 },
    { correct: true },
    { 'metadata.pen "x" width': 0.25 },
    { 'metadata.pen "x" width': undefined },
    { 'metadata.hand': 'right' },
    { 'metadata.closed': false },
  ])
    expect(matches(all, { ...sample, ...other })).toBe(false);
});

it('matches no sample without a class or a value where it excludes one', () => {
  const all: Condition[] = [
    { on: 'label', differsFrom: 3 },
    { on: 'metadata', name: 'hand', noneOf: ['left', 'a "b"'] },
  ];
  const sample = { true_class: 7, 'metadata.hand': 'right' };
  expect(matches(all, sample)).toBe(true);
  for (const other of [
    { true_class: 3 },
    { true_class: undefined },
    { 'metadata.hand': 'left' },
    { 'metadata.hand': 'a "b"' },
    { 'metadata.hand': undefined },
  ])
    expect(matches(all, { ...sample, ...other })).toBe(false);
});

it.each([
  ['a region', { by: 'ball', space: 'vectors', center: [0], radius: 1, all: [] }],
  ['a unit', { by: 'conditions', all: [{ on: 'unit', layer: 'conv', unit: 3, above: 1 }] }],
  [
    'too many values',
    { by: 'conditions', all: [{ on: 'metadata', name: 'x', oneOf: Array<string>(101).fill('a') }] },
  ],
] as const)('is empty for %s, which the language cannot express', (_what, membership) => {
  expect(formatFilter(membership, new Set())).toBe('');
});
