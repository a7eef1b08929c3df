import { beforeAll, describe, expect, it } from 'vitest';
import { checkIntegration, formatReport, planPopulation } from '@noema/integration';
import { type Digit, readDigits, splitDigits } from './digits.js';
import { distanceTo, measureInk, measureSlant } from './handwriting.js';
import { integration } from './integration.js';

let digits: Digit[];
beforeAll(() => {
  digits = readDigits();
});

describe('digits', () => {
  it('are the ten thousand of the package', () => {
    expect(digits).toHaveLength(10_000);
    expect([1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978]).toEqual(
      Array.from({ length: 10 }, (_, label) => digits.filter((d) => d.label === label).length),
    );
    expect(Math.max(...digits[0]!.pixels)).toBeGreaterThan(250);
  });
  it('are split four to one within every label, each once, labels mixed', () => {
    const { training, validation } = splitDigits(digits);
    expect([training.length, validation.length]).toEqual([8000, 2000]);
    expect(new Set([...training, ...validation]).size).toBe(10_000);
    for (let label = 0; label < 10; label++) {
      const share =
        validation.filter((d) => d.label === label).length / digits.filter((d) => d.label === label).length;
      expect(Math.abs(share - 0.2)).toBeLessThan(0.002);
    }
    for (let from = 0; from < 8000; from += 64)
      expect(new Set(training.slice(from, from + 64).map((d) => d.label)).size).toBe(10);
  });
});

describe('handwriting', () => {
  const line = (x: (y: number) => number): Digit => {
    const pixels = new Uint8Array(784);
    for (let y = 4; y < 24; y++) pixels[y * 28 + x(y)] = 255;
    return { label: 1, index: 0, pixels };
  };
  it('upright writing has no slant, writing that leans right has a positive one', () => {
    expect(measureSlant(line(() => 14))).toBeCloseTo(0, 10);
    expect(measureSlant(line((y) => 26 - y))).toBeCloseTo(45, 5);
    expect(measureSlant(line((y) => y))).toBeCloseTo(-45, 5);
  });
  it('ink is the share of covered paper, distance is euclidean', () => {
    expect(measureInk(line(() => 3))).toBeCloseTo(20 / 784, 12);
    expect(
      distanceTo(
        new Float32Array(784),
        line(() => 3),
      ),
    ).toBeCloseTo(Math.sqrt(20), 6);
  });
});

it('the integration passes its check', async () => {
  const report = await checkIntegration(integration, { samples: 200 });
  expect(report.passed, formatReport(report)).toBe(true);
  expect(report.splitCounts).toEqual({ training: 8000, validation: 2000 });
  expect(report.handlers.map((h) => `${h.name} ${h.returned}`).slice(1, 3)).toEqual([
    'image float32[28, 28, 1] from 0 to 1',
    'digit float32[10] from 0 to 1',
  ]);
  const population = await planPopulation(integration);
  expect(new Set(population.splits.flatMap((s) => s.ids)).size).toBe(10_000);
});
