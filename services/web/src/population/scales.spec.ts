import { describe, expect, it } from 'vitest';
import { categoryColor, categoryColorOn, CONTINUOUS_SCALES, continuousColor, cssOf, divergingColor, lightnessOf, rgbOf } from './scales.js';

describe('scales', () => {
  for (const scale of CONTINUOUS_SCALES) {
    it(`${scale} grows in lightness on dark and falls on light, so that it can be read without colour`, () => {
      for (const ground of ['light', 'dark'] as const) {
        const steps = Array.from({ length: 64 }, (_, i) => lightnessOf(continuousColor(scale, i / 63, ground)));
        for (let i = 1; i < steps.length; i++) expect((steps[i]! - steps[i - 1]!) * (ground === 'dark' ? 1 : -1)).toBeGreaterThan(0);
      }
    });
  }

  it('gives high values the colour that stands out most from the ground', () => {
    expect(lightnessOf(continuousColor('viridis', 1, 'light'))).toBeLessThan(40);
    expect(lightnessOf(continuousColor('viridis', 1, 'dark'))).toBeGreaterThan(80);
  });

  it('diverges from white to both sides', () => {
    expect(lightnessOf(divergingColor(0))).toBeGreaterThan(95);
    expect(divergingColor(-1)[2]).toBeGreaterThan(divergingColor(-1)[0]);
    expect(divergingColor(1)[0]).toBeGreaterThan(divergingColor(1)[2]);
  });

  it('tells 20 categories apart and makes colours for 1,000', () => {
    expect(new Set(Array.from({ length: 20 }, (_, i) => cssOf(categoryColor(i)))).size).toBe(20);
    expect(new Set(Array.from({ length: 1_000 }, (_, i) => cssOf(categoryColor(i)))).size).toBeGreaterThan(900);
    for (let i = 0; i < 1_000; i++) expect(cssOf(categoryColor(i))).toMatch(/^#[0-9a-f]{6}$/);
  });

  it('lets no category drown in the ground', () => {
    for (let i = 0; i < 60; i++) {
      expect(lightnessOf(categoryColorOn(i, 'dark'))).toBeGreaterThan(38);
      expect(lightnessOf(categoryColorOn(i, 'light'))).toBeLessThan(80);
    }
  });

  it('reads what it writes', () => {
    expect(cssOf(rgbOf('#0a7Bff'))).toBe('#0a7bff');
  });
});
