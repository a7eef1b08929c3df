import { visualKinds } from '@noema/integration/visuals';
import { describe, expect, it } from 'vitest';
import { drawVisual, listPieces, readVisual, toSnippet, type Visual } from './visual.js';
import { visualDrawings } from './visuals/visual.registry.js';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('visuals', () => {
  it('are texts', () => {
    const visual = readVisual('text/plain; charset=utf-8', bytes('<script>ä</script>'));
    expect(visual).toEqual({ kind: 'text', text: '<script>ä</script>' });
    expect(toSnippet(visual)).toBe('<script>ä</script>');
  });

  it('are the pieces of a text', () => {
    const visual = readVisual('application/vnd.noema.tokens+json', bytes('{"tokens":["rain","and","wind"]}'));
    expect(visual).toEqual({ kind: 'tokens', tokens: ['rain', 'and', 'wind'] });
    expect(toSnippet(visual)).toBe('rain and wind');
  });

  it('are series', () => {
    const visual = readVisual('application/vnd.noema.series+json', bytes('{"series":{"x":[1,0.12345,3]}}'));
    expect(visual).toEqual({ kind: 'series', series: { x: [1, 0.12345, 3] } });
    expect(toSnippet(visual)).toBe('x 1 0.123 3');
  });

  it('are series with numbers that do not exist', () => {
    const visual = readVisual('application/vnd.noema.series+json', bytes('{"series":{"x":[1,null]}}'));
    expect(visual).toEqual({ kind: 'series', series: { x: [1, NaN] } });
    expect(toSnippet(visual)).toBe('x 1 –');
  });

  it('are tables', () => {
    const visual = readVisual(
      'application/vnd.noema.table+json',
      bytes('{"columns":["a","b"],"rows":[[1.23456,null],["x",true]]}'),
    );
    expect(toSnippet(visual)).toBe('1.23 –\nx true');
  });

  it.each([
    ['as many pieces as positions', ['a', 'b', 'c'], 3, ['a', 'b', 'c']],
    ['fewer pieces: padding follows', ['a', 'b'], 3, ['a', 'b']],
    ['more pieces than positions', ['a', 'b', 'c', 'd'], 3, undefined],
  ])('stand for positions of the input: %s', (_, tokens, length, pieces) => {
    expect(listPieces({ kind: 'tokens', tokens }, length)).toEqual(pieces);
  });

  it('stand for positions word by word, where a text has as many words', () => {
    expect(listPieces({ kind: 'text', text: ' rain and\nwind ' }, 3)).toEqual(['rain', 'and', 'wind']);
    expect(listPieces({ kind: 'text', text: 'rain and wind' }, 4)).toBeUndefined();
    expect(listPieces({ kind: 'series', series: {} }, 0)).toBeUndefined();
  });

  it('are of a kind that was added with one line in each registry', () => {
    const removals = [
      visualKinds.add({
        key: 'toy',
        mediaType: 'application/vnd.noema.toy+json',
        encode: (visual) => bytes(JSON.stringify(visual)),
        read: (text) => ({ kind: 'toy', ...(JSON.parse(text) as object) }),
        snippet: (visual) => JSON.stringify(visual),
      }),
    ];
    try {
      const visual: Visual = readVisual('application/vnd.noema.toy+json', bytes('{"dice":6}'));
      expect(toSnippet(visual)).toBe('{"kind":"toy","dice":6}');
      expect(drawVisual(visual, 40)).toBe('{"kind":"toy","dice":6}');
      removals.push(
        visualDrawings.add({ key: 'toy', draw: ({ kind }, height) => `${kind} in ${height} pixels` }),
      );
      expect(drawVisual(visual, 40)).toBe('toy in 40 pixels');
    } finally {
      for (const remove of removals) remove();
    }
    expect(() => readVisual('application/vnd.noema.toy+json', bytes('{}'))).toThrow(/toy/);
  });

  it('are refused by their type when they are of another kind', () => {
    expect(() => readVisual('video/mp4', bytes(''))).toThrow(/video\/mp4/);
  });
});
