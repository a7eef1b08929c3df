import { describe, expect, it } from 'vitest';
import { drawVisual, piecesOf, readVisual, snippetOf } from './visual.js';
import type { Visual } from './visuals/visual.registry.js';
import { visualKinds } from './visuals/visual.registry.js';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('visuals', () => {
  it('are texts', () => {
    const visual = readVisual('text/plain; charset=utf-8', bytes('<script>ä</script>'));
    expect(visual).toEqual({ kind: 'text', text: '<script>ä</script>' });
    expect(snippetOf(visual)).toBe('<script>ä</script>');
  });

  it('are the pieces of a text', () => {
    const visual = readVisual('application/vnd.noema.tokens+json', bytes('{"tokens":["rain","and","wind"]}'));
    expect(visual).toEqual({ kind: 'tokens', tokens: ['rain', 'and', 'wind'] });
    expect(snippetOf(visual)).toBe('rain and wind');
  });

  it('are series', () => {
    const visual = readVisual('application/vnd.noema.series+json', bytes('{"series":{"x":[1,0.12345,3]}}'));
    expect(visual).toEqual({ kind: 'series', series: { x: [1, 0.12345, 3] } });
    expect(snippetOf(visual)).toBe('x 1 0.123 3');
  });

  it('are tables', () => {
    const visual = readVisual(
      'application/vnd.noema.table+json',
      bytes('{"columns":["a","b"],"rows":[[1.23456,null],["x",true]]}'),
    );
    expect(snippetOf(visual)).toBe('1.23 –\nx true');
  });

  it.each([
    ['as many pieces as positions', ['a', 'b', 'c'], 3, ['a', 'b', 'c']],
    ['fewer pieces: padding follows', ['a', 'b'], 3, ['a', 'b']],
    ['more pieces than positions', ['a', 'b', 'c', 'd'], 3, undefined],
  ])('stand for positions of the input: %s', (_, tokens, length, pieces) => {
    expect(piecesOf({ kind: 'tokens', tokens }, length)).toEqual(pieces);
  });

  it('stand for positions word by word, where a text has as many words', () => {
    expect(piecesOf({ kind: 'text', text: ' rain and\nwind ' }, 3)).toEqual(['rain', 'and', 'wind']);
    expect(piecesOf({ kind: 'text', text: 'rain and wind' }, 4)).toBeUndefined();
    expect(piecesOf({ kind: 'series', series: {} }, 0)).toBeUndefined();
  });

  it('are of a kind that was added with one registry line', () => {
    const remove = visualKinds.add({
      key: 'toy',
      mediaType: 'application/vnd.noema.toy+json',
      read: (text) => ({ kind: 'toy', ...(JSON.parse(text) as object) }),
      snippet: (visual) => JSON.stringify(visual),
      draw: (visual, height) => `${JSON.stringify(visual)} in ${height} pixels`,
    });
    try {
      const visual: Visual = readVisual('application/vnd.noema.toy+json', bytes('{"dice":6}'));
      expect(snippetOf(visual)).toBe('{"kind":"toy","dice":6}');
      expect(drawVisual(visual, 40)).toBe('{"kind":"toy","dice":6} in 40 pixels');
    } finally {
      remove();
    }
    expect(() => readVisual('application/vnd.noema.toy+json', bytes('{}'))).toThrow(/toy/);
  });

  it('are refused by their type when they are of another kind', () => {
    expect(() => readVisual('video/mp4', bytes(''))).toThrow(/video\/mp4/);
  });
});
