import { describe, expect, it } from 'vitest';
import { MAX_SCROLL_PX, scrollScale } from './tall-list.js';

describe('lists that are taller than an element can be', () => {
  it('scrolls a list that fits pixel by pixel', () => {
    expect(scrollScale(MAX_SCROLL_PX, 400)).toBe(1);
  });

  it('reaches the end of a taller list at the end of the scroll bar', () => {
    const [list, view] = [37_000_000, 400];
    expect((MAX_SCROLL_PX - view) * scrollScale(list, view)).toBeCloseTo(list - view, 3);
  });
});
