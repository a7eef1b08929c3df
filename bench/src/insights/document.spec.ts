import { insightKinds } from '@noema/insights';
import { describe, expect, it } from 'vitest';
import { formatDocument } from './document.js';
import { judgeMean, judgeShare, judgeValue } from './figures.js';
import type { InsightBench } from './insight.bench.js';
import type { BenchResult } from './results.js';

const bench = (key: string): InsightBench => ({
  key,
  title: `Planted ${key}`,
  run: () => Promise.resolve([]),
});
const result: BenchResult = {
  key: 'shortcut',
  date: '2026-01-02',
  commit: 'abc',
  machine: { processor: 'P', cores: 2, memoryGib: 8, system: 'Linux', threads: 2 },
  seconds: 12,
  rows: [
    judgeShare('patch', 18, 20, { atLeast: 0.95 }),
    judgeValue('10,000 samples', 3, 's', { atMost: 10 }),
  ],
};

describe('the document of insights', () => {
  const text = formatDocument(insightKinds.values(), [bench('shortcut'), bench('other')], (key) =>
    key === 'shortcut' ? result : undefined,
  );

  it('names what misses its limit and what is not measured', () => {
    expect(text).toContain('Limits are missed in:\n\n- [Planted shortcut](#planted-shortcut)\n');
    expect(text).toContain('Not measured yet:\n\n- [Planted other](#planted-other)\n');
    // binom::binom.wilson(18, 20): 0.6989664, 0.9721335
    expect(text).toContain('| patch | ≥ 0.95 | **missed**: 0.9 (0.699–0.972), 18 of 20 |');
    expect(text).toContain('| 10,000 samples | ≤ 10 | 3 s |');
  });

  it('describes each kind and its parameters', () => {
    for (const { title, summary, parameters } of insightKinds.values()) {
      expect(text).toContain(`| ${title} | ${summary} |`);
      for (const { name } of parameters) expect(text).toContain(`| ${title} | \`${name}\` |`);
    }
  });
});

it('a number that is not defined reaches no limit', () => {
  expect(judgeMean('nothing', [], { atLeast: 0 }).ok).toBe(false);
  expect(judgeShare('nothing', 0, 0, { atMost: 1 }).ok).toBe(false);
});
