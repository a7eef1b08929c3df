import { describe, expect, it } from 'vitest';
import { labelColor } from './label-color.js';

describe('the color of a label', () => {
  it('is the same each time, and uses all eight colors for common names', () => {
    const names = Array.from({ length: 100 }, (_, i) => `label ${i}`);
    const colors = names.map(labelColor);
    expect(names.map(labelColor)).toEqual(colors);
    expect(new Set(colors).size).toBe(8);
  });
});
