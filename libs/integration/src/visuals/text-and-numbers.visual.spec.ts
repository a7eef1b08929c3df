import { describe, expect, it } from 'vitest';
import { encodeVisual } from '../visual.js';
import { tableKind } from './table.visual.js';
import { axisPosition, bars, series, spans, table, text, visualKinds } from './visual.registry.js';

/** A visual as it comes back from storage. */
const stored = (visual: { readonly kind: string }) => {
  const kind = visualKinds.get(visual.kind);
  const json = new TextDecoder().decode(encodeVisual(visual).bytes);
  expect(kind.hasForm?.(JSON.parse(json))).toBe(true);
  const read = kind.read!(json);
  return { read, snippet: kind.snippet!(read) };
};

describe('a text with tokens', () => {
  it('has the text between its tokens, and tokens without text', () => {
    const offsets = [[0, 4], [4, 5], null] as const;
    expect(stored(text('rain!', { offsets }))).toEqual({
      read: { kind: 'tokens', tokens: ['rain', '!', ''], text: 'rain!', offsets },
      snippet: 'rain!',
    });
    expect(stored(text(['rain', '']))).toEqual({
      read: { kind: 'tokens', tokens: ['rain', ''] },
      snippet: 'rain',
    });
  });

  it('refuses an offset outside the text', () => {
    expect(() =>
      encodeVisual(
        text('rain', {
          offsets: [
            [0, 4],
            [4, 9],
          ],
        }),
      ),
    ).toThrow('offset 1 is [4,9]; give [start, end] from 0 to 4');
  });
});

describe('spans', () => {
  it('have the index of their class', () => {
    const parts = [
      { start: 0, end: 3, label: 'who' },
      { start: 7, end: 11, label: 'place', score: 0.5, predicted: true },
    ];
    expect(stored(spans('Ann in Rome', parts, { labels: ['who', 'place'] }))).toEqual({
      read: {
        kind: 'spans',
        text: 'Ann in Rome',
        labels: ['who', 'place'],
        spans: [
          { start: 0, end: 3, label: 0 },
          { start: 7, end: 11, label: 1, score: 0.5, predicted: true },
        ],
      },
      snippet: 'Ann in Rome',
    });
  });

  it('keep the places of the tokens', () => {
    const offsets = [null, [0, 3], [4, 6]] as const;
    const { bytes, mediaType } = encodeVisual(spans('Ann in', [], { offsets }));
    expect(stored(spans('Ann in', [], { offsets })).read).toMatchObject({ offsets });
    const kind = visualKinds.values().find((one) => one.mediaType === mediaType)!;
    const value = JSON.parse(Buffer.from(bytes).toString()) as object;
    expect(kind.hasForm?.(value)).toBe(true);
    expect(kind.hasForm?.({ ...value, offsets: [[0, 7]] })).toBe(false);
    expect(() => encodeVisual(spans('Ann in', [], { offsets: [[0, 7]] }))).toThrow('offset 0 is [0,7]');
  });

  it.each([
    [{ start: 0, end: 4, label: 'who' }, '"end" of span 0 is 4'],
    [{ start: -1, end: 2, label: 'who' }, '"start" of span 0 is -1'],
    [{ start: 0, end: 2, label: 'who', score: 2 }, '"score" of span 0 is 2'],
    [{ start: 0, end: 2 }, 'span 0 has no label'],
    [null, '"start" of span 0 is undefined'],
  ])('refuse %j', (span, message) => {
    expect(() => encodeVisual(spans('Ann', [span as never]))).toThrow(message);
  });
});

describe('bars', () => {
  it('have one number for each name, or none', () => {
    expect(stored(bars({ cat: 0.75, dog: NaN }, { unit: '%' }))).toEqual({
      read: { kind: 'bars', labels: ['cat', 'dog'], values: [0.75, NaN], unit: '%' },
      snippet: 'cat 0.75\ndog –',
    });
    expect(() => encodeVisual(bars({ cat: 'x' as never }))).toThrow('the bar "cat" has no number');
  });
});

describe('a series', () => {
  it('has an axis with a start and a step, or with a position for each step', () => {
    const regular = stored(series({ a: [1, 2] }, { axis: { unit: 's', step: 0.5 } })).read;
    expect(regular).toEqual({
      kind: 'series',
      series: { a: [1, 2] },
      axis: { unit: 's', start: 0, step: 0.5 },
    });
    const irregular = stored(series({ a: [1, 2] }, { axis: { at: Float32Array.of(3, 7) } })).read;
    expect(irregular).toMatchObject({ axis: { unit: '', at: [3, 7] } });
    expect([axisPosition({ start: 1, step: 0.5 }, 3), axisPosition({ at: [3, 7] }, 1)]).toEqual([2.5, 7]);
    expect(axisPosition(undefined, 3)).toBe(3);
  });

  it('refuses an axis that does not advance', () => {
    expect(() => encodeVisual(series({ a: [1] }, { axis: { step: 0 } }))).toThrow('with a step above 0');
  });
});

describe('a table with the positions of its rows', () => {
  const rows = [
    ['island', 'Dream'],
    ['note', 'x'],
  ];

  it('is stored with them, and without them as before', () => {
    const { bytes } = encodeVisual(table(['column', 'value'], rows, { positions: [[0, 3], null] }));
    const stored = JSON.parse(Buffer.from(bytes).toString()) as object;
    expect(stored).toEqual({ columns: ['column', 'value'], rows, positions: [[0, 3], null] });
    expect(tableKind.hasForm!(stored)).toBe(true);
    expect(tableKind.hasForm!({ columns: ['column', 'value'], rows })).toBe(true);
  });

  it.each([[[[0, 3]]], [[[3, 0], null]], [[[0, 1.5], null]], [[[-1, 1], null]], ['none']])(
    'is refused with others %#',
    (positions) => {
      expect(tableKind.hasForm!({ columns: ['column', 'value'], rows, positions })).toBe(false);
      expect(() => encodeVisual(table(['column', 'value'], rows, { positions: positions as never }))).toThrow(
        'positions of a table',
      );
    },
  );
});
