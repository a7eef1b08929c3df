import { expect, it } from 'vitest';
import { heatStrip, strongestByPosition } from './heat-strip.js';

const plain = {
  isColorSupported: false,
  yellow: (text: string) => text,
  blue: (text: string) => text,
};
const colored = {
  isColorSupported: true,
  yellow: (text: string) => `<y>${text}`,
  blue: (text: string) => `<b>${text}`,
};

it('draws a block for each position, as high as its share of the largest', () => {
  expect(heatStrip([0, 1, 2, 4, 8], { width: 80, color: plain })).toBe(' ▁▂▄█');
});

it('shows the sign by colours where the terminal has them, and by shades where not', () => {
  expect(heatStrip([1, -1, -0.5], { width: 80, color: colored })).toBe('<y>█<b>█<b>▄');
  expect(heatStrip([1, -1, -0.5], { width: 80, color: plain })).toBe('█▓▒');
});

it('shows the strongest of the positions that share a character', () => {
  expect(heatStrip([0, 0.5, -1, 0, 0.25, 0], { width: 3, color: plain })).toBe('▄▓▂');
});

it('is empty for a map of zeros, and leaves out values that are not finite', () => {
  expect(heatStrip([0, 0], { width: 80, color: plain })).toBe('  ');
  expect(heatStrip([Number.NaN, 1], { width: 80, color: plain })).toBe(' █');
  expect(heatStrip([], { width: 80, color: plain })).toBe('');
});

it('takes the strongest channel of each step of a series', () => {
  expect(strongestByPosition(Float32Array.of(0.25, -0.5, 0, 1, 0, 0), [3, 2])).toEqual(
    Float32Array.of(-0.5, 1, 0),
  );
  expect(strongestByPosition(Float32Array.of(0.5, -1), [2])).toEqual(Float32Array.of(0.5, -1));
});
