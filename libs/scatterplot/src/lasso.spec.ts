import { describe, expect, it } from 'vitest';
import { Outline, selectMode } from './lasso.js';

describe('an outline', () => {
  it('of a lasso takes a corner every few pixels', () => {
    const outline = new Outline('lasso', 0, 0);
    outline.extend(1, 0);
    expect(outline.extend(4, 0)).toEqual([0, 0, 4, 0]);
  });

  it('of a rectangle spans from where it began to the pointer', () => {
    const outline = new Outline('rectangle', 10, 20);
    outline.extend(90, 90);
    expect(outline.extend(5, 40)).toEqual([10, 20, 5, 20, 5, 40, 10, 40]);
  });

  it('adds with shift, takes away with alt and replaces without', () => {
    expect(selectMode({ shiftKey: true, altKey: false })).toBe('add');
    expect(selectMode({ shiftKey: true, altKey: true })).toBe('remove');
    expect(selectMode({ shiftKey: false, altKey: false })).toBe('replace');
  });
});
