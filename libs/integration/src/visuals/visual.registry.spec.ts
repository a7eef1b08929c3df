import { afterEach, expect, it } from 'vitest';
import { encodeVisual } from '../visual.js';
import { exactly, jsonMediaType, type VisualKind } from './visual-kind.js';
import { visualKinds } from './visual.registry.js';

/** All that a kind of visual has to say about itself. */
const toy: VisualKind<{ kind: 'toy'; dice: number }> = {
  key: 'toy',
  mediaType: jsonMediaType('toy'),
  encode: ({ dice }) => Buffer.from(JSON.stringify({ dice })),
  hasForm: (value) => typeof exactly(value, 'dice')?.dice === 'number',
};
let remove = (): void => undefined;
afterEach(() => {
  remove();
});

it('encodes a kind that was added with one registry line, and none that was not', () => {
  const visual = { kind: 'toy', dice: 6 };
  expect(() => encodeVisual(visual)).toThrow(
    '"toy" is not a kind of visual; known: image, boxes, mask, text, tokens, spans, series, table, bars, graph, ' +
      'audio, video',
  );
  remove = visualKinds.add(toy);
  expect(encodeVisual(visual)).toEqual({
    mediaType: 'application/vnd.noema.toy+json',
    bytes: Buffer.from('{"dice":6}'),
  });
});

it('no two kinds are stored under one media type', () => {
  const types = visualKinds.values().map(({ mediaType }) => mediaType);
  expect(new Set(types).size).toBe(types.length);
});

it.each([
  ['tokens', { tokens: ['a', ''] }, [{ tokens: ['a', 1] }, { tokens: 'a' }, { tokens: [], more: 1 }, null]],
  [
    'tokens',
    { text: 'rain', offsets: [[0, 2], [2, 4], [4, 4], null] },
    [
      { text: 'rain', offsets: [[0, 5]] },
      { text: 'rain', offsets: [[2, 1]] },
      { text: 'rain', offsets: [[0, 1, 2]] },
      { text: 'rain', offsets: [0.5] },
      { text: 7, offsets: [] },
    ],
  ],
  [
    'spans',
    { text: 'Ann', labels: ['who'], spans: [{ start: 0, end: 3, label: 0, score: 1, predicted: true }] },
    [
      { text: 'Ann', labels: ['who'], spans: [{ start: 0, end: 4, label: 0 }] },
      { text: 'Ann', labels: ['who'], spans: [{ start: 1, end: 1, label: 0 }] },
      { text: 'Ann', labels: ['who'], spans: [{ start: 0, end: 1, label: 1 }] },
      { text: 'Ann', labels: ['who'], spans: [{ start: 0, end: 1, label: 0, more: 1 }] },
      { text: 'Ann', labels: 'who', spans: [] },
      { text: 'Ann', labels: [], spans: [null] },
    ],
  ],
  [
    'bars',
    { labels: ['a', 'b'], values: [1, null], unit: 'kg' },
    [
      { labels: ['a'], values: [], unit: '' },
      { labels: ['a'], values: ['1'], unit: '' },
      { labels: ['n'.repeat(201)], values: [1], unit: '' },
      { labels: ['a'], values: [1] },
    ],
  ],
  [
    'series',
    { series: { a: [1, 2] }, axis: { unit: 's', start: 0, step: 0.1 } },
    [
      { series: { a: [] }, axis: { unit: 's', start: 0, step: 0 } },
      { series: { a: [] }, axis: { unit: 1, at: [] } },
      { series: { a: [] }, axis: { unit: '', at: [null] } },
      { series: { a: [] }, axis: null },
    ],
  ],
  [
    'series',
    { series: { loss: [1, null, 2.5], empty: [] } },
    [{ series: { a: ['x'] } }, { series: [] }, { series: { ['n'.repeat(201)]: [] } }, {}],
  ],
  [
    'table',
    { columns: ['a', 'b'], rows: [['x', 1], [true, null], []] },
    [
      { columns: ['a'] },
      { columns: [1], rows: [] },
      { columns: ['a'], rows: [[{}]] },
      { columns: [], rows: [1] },
    ],
  ],
])('%s: knows what has its form', (key, valid, others) => {
  const { hasForm } = visualKinds.get(key);
  expect(hasForm?.(valid)).toBe(true);
  for (const other of others) expect(hasForm?.(other), JSON.stringify(other)).toBe(false);
});
