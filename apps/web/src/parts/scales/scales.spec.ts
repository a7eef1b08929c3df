import { describe, expect, it } from 'vitest';
import {
  categoryColor,
  CATEGORY_COUNT,
  CONTINUOUS_SCALES,
  continuousColor,
  toCss,
  divergingColor,
  computeLightness,
  parseHex,
} from './scales.js';

type Triple = readonly [number, number, number];

/**
 * Sight without one kind of cone (Machado, Oliveira & Fernandes 2009, severity 1), on linear red, green and
 * blue.
 */
const SIGHTS = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritan: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
} as const;

/** L*, a*, b* by the matrix of IEC 61966-2-1, with its own code: what it checks must not check itself. */
function labThrough(sight: readonly Triple[], color: Triple): Triple {
  const linear = color.map((c) => (c <= 10.31475 ? c / 3294.6 : Math.pow((c + 14.025) / 269.025, 2.4)));
  const seen = sight.map((row) =>
    Math.max(
      0,
      Math.min(
        1,
        row.reduce((sum, weight, i) => sum + weight * linear[i]!, 0),
      ),
    ),
  );
  const white = [0.95047, 1, 1.08883];
  const [fx, fy, fz] = [
    [0.4124564, 0.3575761, 0.1804375],
    [0.2126729, 0.7151522, 0.072175],
    [0.0193339, 0.119192, 0.9503041],
  ].map((row, i) => {
    const t = row.reduce((sum, weight, k) => sum + weight * seen[k]!, 0) / white[i]!;
    return t > 216 / 24389 ? Math.cbrt(t) : ((24389 / 27) * t + 16) / 116;
  }) as [number, number, number];
  return [116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)];
}

/** The color difference of CIE 142-2001, after Sharma, Wu & Dalal 2005. */
function ciede2000([l1, a1, b1]: Triple, [l2, a2, b2]: Triple): number {
  const rad = Math.PI / 180;
  const meanC7 = ((Math.hypot(a1, b1) + Math.hypot(a2, b2)) / 2) ** 7;
  const stretch = 1 + 0.5 * (1 - Math.sqrt(meanC7 / (meanC7 + 25 ** 7)));
  const [c1, c2] = [Math.hypot(stretch * a1, b1), Math.hypot(stretch * a2, b2)];
  const hue = (a: number, b: number): number =>
    a === 0 && b === 0 ? 0 : (Math.atan2(b, stretch * a) / rad + 360) % 360;
  const [h1, h2] = [hue(a1, b1), hue(a2, b2)];
  const isGrey = c1 * c2 === 0;
  const turn = isGrey ? 0 : Math.abs(h2 - h1) <= 180 ? h2 - h1 : h2 > h1 ? h2 - h1 - 360 : h2 - h1 + 360;
  const meanH = isGrey
    ? h1 + h2
    : Math.abs(h1 - h2) <= 180
      ? (h1 + h2) / 2
      : h1 + h2 < 360
        ? (h1 + h2 + 360) / 2
        : (h1 + h2 - 360) / 2;
  const [meanL, meanC] = [(l1 + l2) / 2, (c1 + c2) / 2];
  const t =
    1 -
    0.17 * Math.cos((meanH - 30) * rad) +
    0.24 * Math.cos(2 * meanH * rad) +
    0.32 * Math.cos((3 * meanH + 6) * rad) -
    0.2 * Math.cos((4 * meanH - 63) * rad);
  const l = (l2 - l1) / (1 + (0.015 * (meanL - 50) ** 2) / Math.sqrt(20 + (meanL - 50) ** 2));
  const c = (c2 - c1) / (1 + 0.045 * meanC);
  const h = (2 * Math.sqrt(c1 * c2) * Math.sin((turn / 2) * rad)) / (1 + 0.015 * meanC * t);
  const rotation =
    -2 *
    Math.sqrt(meanC ** 7 / (meanC ** 7 + 25 ** 7)) *
    Math.sin(60 * Math.exp(-(((meanH - 275) / 25) ** 2)) * rad);
  return Math.sqrt(l * l + c * c + h * h + rotation * c * h);
}

describe('scales', () => {
  for (const scale of CONTINUOUS_SCALES) {
    it(`${scale} grows in lightness on dark and falls on light, so that it can be read without color`, () => {
      for (const ground of ['light', 'dark'] as const) {
        const steps = Array.from({ length: 64 }, (_, i) =>
          computeLightness(continuousColor(scale, i / 63, ground)),
        );
        for (let i = 1; i < steps.length; i++)
          expect((steps[i]! - steps[i - 1]!) * (ground === 'dark' ? 1 : -1)).toBeGreaterThan(0);
      }
    });
  }

  it('gives high values the color that stands out most from the ground', () => {
    expect(computeLightness(continuousColor('viridis', 1, 'light'))).toBeLessThan(40);
    expect(computeLightness(continuousColor('viridis', 1, 'dark'))).toBeGreaterThan(80);
  });

  it('diverges from white to both sides', () => {
    expect(computeLightness(divergingColor(0))).toBeGreaterThan(95);
    expect(divergingColor(-1)[2]).toBeGreaterThan(divergingColor(-1)[0]);
    expect(divergingColor(1)[0]).toBeGreaterThan(divergingColor(1)[2]);
  });

  it('makes colors for 1,000 categories, and lets none drown in the ground', () => {
    for (const ground of ['light', 'dark'] as const) {
      expect(
        new Set(Array.from({ length: 1_000 }, (_, i) => toCss(categoryColor(i, ground)))).size,
      ).toBeGreaterThan(900);
      for (let i = 0; i < 1_000; i++) expect(toCss(categoryColor(i, ground))).toMatch(/^#[0-9a-f]{6}$/);
      const lightness = Array.from({ length: 60 }, (_, i) => computeLightness(categoryColor(i, ground)));
      if (ground === 'dark') expect(Math.min(...lightness)).toBeGreaterThan(38);
      else expect(Math.max(...lightness)).toBeLessThan(80);
    }
  });

  // Least distances of the first ten and of all twenty colors, for normal, protan, deutan and tritan sight,
  // by CIEDE2000.
  for (const [ground, ten, twenty] of [
    ['light', [27, 14, 15, 16], [14, 7, 7, 8]],
    ['dark', [25, 15, 13, 13], [14, 8, 7, 7]],
  ] as const) {
    it(`keeps the categories on ${ground} apart, for color-blind eyes too`, () => {
      const least = (count: number): number[] =>
        Object.values(SIGHTS).map((sight) => {
          const labs = Array.from({ length: count }, (_, i) => labThrough(sight, categoryColor(i, ground)));
          return Math.min(...labs.flatMap((a, i) => labs.slice(i + 1).map((b) => ciede2000(a, b))));
        });
      least(10).forEach((value, i) => {
        expect(value).toBeGreaterThanOrEqual(ten[i]!);
      });
      least(CATEGORY_COUNT).forEach((value, i) => {
        expect(value).toBeGreaterThanOrEqual(twenty[i]!);
      });
    });
  }

  it('measures by CIEDE2000 as its authors do', () => {
    // Sharma, Wu & Dalal 2005, table 1: pairs 1, 7, 13, 17 and 25.
    for (const [a, b, expected] of [
      [[50, 2.6772, -79.7751], [50, 0, -82.7485], 2.0425],
      [[50, 0, 0], [50, -1, 2], 2.3669],
      [[50, -0.001, 2.49], [50, 0.0011, -2.49], 4.7461],
      [[50, 2.5, 0], [73, 25, -18], 27.1492],
      [[60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387], 1.2644],
    ] as [Triple, Triple, number][])
      expect(ciede2000(a, b)).toBeCloseTo(expected, 4);
  });

  it('reads what it writes', () => {
    expect(toCss(parseHex('#0a7Bff'))).toBe('#0a7bff');
  });
});
