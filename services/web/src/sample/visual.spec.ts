import { describe, expect, it } from 'vitest';
import { readVisual, snippetOf } from './visual.js';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('visuals', () => {
  it('are texts', () => {
    const visual = readVisual('text/plain; charset=utf-8', bytes('<script>ä</script>'));
    expect(visual).toEqual({ kind: 'text', text: '<script>ä</script>' });
    expect(snippetOf(visual)).toBe('<script>ä</script>');
  });

  it('are series', () => {
    const visual = readVisual('application/vnd.noema.series+json', bytes('{"series":{"x":[1,0.12345,3]}}'));
    expect(visual).toEqual({ kind: 'series', series: { x: [1, 0.12345, 3] } });
    expect(snippetOf(visual)).toBe('x 1 0.123 3');
  });

  it('are tables', () => {
    const visual = readVisual('application/vnd.noema.table+json', bytes('{"columns":["a","b"],"rows":[[1.23456,null],["x",true]]}'));
    expect(snippetOf(visual)).toBe('1.23 –\nx true');
  });

  it('are refused by their type when they are of another kind', () => {
    expect(() => readVisual('video/mp4', bytes(''))).toThrow(/video\/mp4/);
  });
});
