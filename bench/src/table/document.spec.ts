import { describe, expect, it } from 'vitest';
import { formatDocument } from './document.js';
import type { ContestantResult, RowResult } from './measure/result.js';
import type { Row } from './row.js';
import { rows } from './rows/registry.js';

const row: Row = {
  key: 'work',
  work: 'some work',
  contestants: [
    { name: 'ours', side: 'ours', script: ['work'] },
    { name: 'peer', side: 'peer', script: ['work.py'] },
  ],
  reaches: [{ ours: 'ours', peer: 'peer', atMost: 0.5 }],
  rules: [{ figure: 'overlap', tolerance: 0.004 }],
};
const took = (
  name: string,
  side: 'ours' | 'peer',
  seconds: readonly number[],
  overlap: number,
  others = 0.01,
): ContestantResult => ({
  name,
  side,
  figures: { overlap },
  versions: { [name]: '1.0' },
  turns: seconds.map((wallSeconds) => ({
    wallSeconds,
    cpuSeconds: 2 * wallSeconds,
    peakBytes: 2 ** 30,
    othersShare: others,
  })),
});
const result = (...contestants: ContestantResult[]): RowResult => ({
  key: 'work',
  date: '2026-01-02',
  commit: 'abc',
  machine: { processor: 'P', cores: 2, memoryGib: 8, system: 'Linux', threads: 2 },
  contestants,
});
const documentWith = (found: RowResult | undefined): string => formatDocument([row], () => found);

describe('the document', () => {
  it('takes the ratio round by round, so that a busy round spoils only itself', () => {
    expect(
      documentWith(result(took('ours', 'ours', [1, 8, 1], 0.3), took('peer', 'peer', [4, 20, 10], 0.3))),
    ).toContain('| **0.25×** (0.10–0.40) | **0.25×** (0.10–0.40) | overlap 0.3 / 0.3 |');
  });
  it('says when a reach is missed and when quality is below the peer by more than is allowed', () => {
    const text = documentWith(
      result(took('ours', 'ours', [3, 3, 3], 0.29), took('peer', 'peer', [4, 4, 4], 0.3)),
    );
    expect(text).toContain('missed: **0.75×**');
    expect(text).toContain('below in overlap, overlap 0.29 / 0.3');
    expect(
      documentWith(result(took('ours', 'ours', [1, 1, 1], 0.297), took('peer', 'peer', [4, 4, 4], 0.3))),
    ).not.toMatch(/missed:|below in/);
  });
  it('gives median, least and largest of time and memory of everybody', () => {
    expect(
      documentWith(result(took('ours', 'ours', [1, 3, 2], 0.3), took('peer', 'peer', [40, 60, 50], 0.3))),
    ).toContain('| peer | 50.0 (40.0–60.0) | 100.0 (80.0–120.0) | 1024 (1024–1024) | 3 | overlap 0.3 |');
  });
  it('says who is not there, and that a machine was not quiet', () => {
    const text = documentWith(
      result(
        {
          name: 'ours',
          side: 'ours',
          missing: 'work is not built yet',
          turns: [],
          figures: {},
          versions: {},
        },
        took('peer', 'peer', [4, 4, 4], 0.3, 0.4),
      ),
    );
    expect(text).toContain('ours ÷ peer | ≤ 0.5× | work is not built yet');
    expect(text.replaceAll(/\s+/g, ' ')).toContain('Disturbed: other processes took up to 40 %');
  });
  it('compares a figure in place of the wall time where a reach names one', () => {
    const slower = { ...row, reaches: [{ ours: 'ours', peer: 'peer', atMost: 1.01, figure: 'step ms' }] };
    const rounds = (...steps: number[]) => steps.map((step) => ({ 'step ms': step }));
    const found = result(
      { ...took('ours', 'ours', [1, 1, 1], 0.3), rounds: rounds(10, 11, 30) },
      { ...took('peer', 'peer', [4, 4, 4], 0.3), rounds: rounds(10, 10, 20) },
    );
    expect(formatDocument([slower], () => found)).toContain(
      '| ours ÷ peer, step ms | ≤ 1.01× | missed: **1.10×** (1.00–1.50) |',
    );
  });
  it('compares two figures of one contestant, without its times', () => {
    const paired = {
      ...row,
      reaches: [{ ours: 'ours', peer: 'ours', atMost: 1.01, figure: 'with ms', over: 'without ms' }],
    };
    const rounds = [10, 12, 9].map((ms) => ({ 'with ms': ms, 'without ms': 10 }));
    const found = result({ ...took('ours', 'ours', [1, 1, 1], 0.3), rounds });
    expect(formatDocument([paired], () => found)).toContain(
      '| ours, with ms ÷ without ms | ≤ 1.01× | **1.00×** (0.90–1.20) | – |',
    );
  });
  it('lists rows that were never measured', () => {
    expect(documentWith(undefined)).toContain('ours ÷ peer | ≤ 0.5× | not measured yet');
  });
});

it('every ratio of the table is of contestants that the row has', () => {
  for (const { key, contestants, reaches } of rows.keys().map((name) => rows.get(name))) {
    const names = contestants.map(({ name }) => name);
    expect(new Set(names).size, key).toBe(names.length);
    for (const { ours, peer } of reaches) {
      expect(contestants.find(({ name }) => name === ours)?.side, `${key}: ${ours}`).toBe('ours');
      const side = peer === ours ? 'ours' : 'peer';
      expect(contestants.find(({ name }) => name === peer)?.side, `${key}: ${peer}`).toBe(side);
    }
  }
});
