import { create } from '@bufbuild/protobuf';
import { RunSchema } from '@noema/contracts/noema/training/v1/run';
import { describe, expect, it } from 'vitest';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { differingSettings, type RunRow, type Setting } from '../../../features/runs/run-row.js';
import { runColumns, settingColumn } from './run-columns.js';
import { filterRuns, groupRuns, sortRuns } from './run-order.js';

const row = (
  displayName: string,
  settings: Readonly<Record<string, Setting>>,
  { accuracy, state = 'succeeded' }: { accuracy?: number; state?: string } = {},
): RunRow => ({
  run: create(RunSchema, { id: displayName, displayName }),
  state,
  settings: new Map(Object.entries(settings)),
  metric:
    accuracy === undefined
      ? undefined
      : { name: 'accuracy', value: accuracy, split: Split.VALIDATION, sampleCount: 100, interval: undefined },
  loss: undefined,
  durationMs: undefined,
});
const ROWS = [
  row('wide net', { optimizer: 'adam', 'batch size': 64 }, { accuracy: 0.9 }),
  row('Narrow net', { optimizer: 'sgd', 'batch size': 128 }, { accuracy: NaN }),
  row('deep', { optimizer: 'adam', 'batch size': 8 }, { accuracy: 0.7, state: 'failed' }),
  row('recorded', { 'batch size': 64 }, { state: 'running' }),
];
const names = (rows: readonly RunRow[]): string[] => rows.map(({ run }) => run.displayName);
const all = { text: '', states: [], settings: [], ranges: [] };
const column = (key: string) =>
  runColumns(['optimizer', 'batch size'], 'accuracy').find((one) => one.key === key)!;

describe('filters of runs', () => {
  it('take a part of the name in any case', () => {
    expect(names(filterRuns(ROWS, { ...all, text: ' NET ' }, []))).toEqual(['wide net', 'Narrow net']);
  });

  it('take any of several states and values of one setting, and all settings', () => {
    expect(names(filterRuns(ROWS, { ...all, states: ['failed', 'running'] }, []))).toEqual([
      'deep',
      'recorded',
    ]);
    expect(
      names(
        filterRuns(
          ROWS,
          {
            ...all,
            settings: [
              ['batch size', '64'],
              ['batch size', '8'],
              ['optimizer', 'adam'],
            ],
          },
          [],
        ),
      ),
    ).toEqual(['wide net', 'deep']);
  });

  it('take the values between two ends, and no run without a value', () => {
    const between = (key: string, low: number, high: number): string[] =>
      names(filterRuns(ROWS, { ...all, ranges: [[key, low, high]] }, [column(key)]));
    expect(between('setting:batch size', 64, 128)).toEqual(['wide net', 'Narrow net', 'recorded']);
    expect(between('metric', 0, 1)).toEqual(['wide net', 'deep']);
    expect(between('setting:optimizer', 0, 1)).toEqual([]);
    expect(names(filterRuns(ROWS, { ...all, ranges: [['setting:none', 0, 1]] }, []))).toEqual([]);
  });

  it('find runs without a setting by a dash', () => {
    expect(names(filterRuns(ROWS, { ...all, settings: [['optimizer', '–']] }, []))).toEqual(['recorded']);
  });
});

describe('the order of runs', () => {
  it('has numbers by size, and values that are missing or not finite last in both directions', () => {
    expect(names(sortRuns(ROWS, { column: 'metric', falling: false }, column('metric')))).toEqual([
      'deep',
      'wide net',
      'Narrow net',
      'recorded',
    ]);
    expect(names(sortRuns(ROWS, { column: 'metric', falling: true }, column('metric')))).toEqual([
      'wide net',
      'deep',
      'Narrow net',
      'recorded',
    ]);
    const bySize = column(settingColumn('batch size'));
    expect(names(sortRuns(ROWS, { column: bySize.key, falling: true }, bySize))[0]).toBe('Narrow net');
  });
});

describe('groups of runs', () => {
  it('have the mean of the metric with the number of runs behind it', () => {
    const [adam, sgd, none] = groupRuns(ROWS, 'optimizer');
    expect(adam).toMatchObject({ value: 'adam', n: 2, mean: expect.closeTo(0.8) as number });
    // Student's t with one degree of freedom: 12.7062 · 0.1414 / √2.
    expect(adam!.interval!.high - adam!.interval!.low).toBeCloseTo(2 * 12.7062 * 0.1, 3);
    expect(sgd).toMatchObject({ value: 'sgd', n: 0, mean: undefined, interval: undefined });
    expect(none).toMatchObject({ value: '–', rows: [{ run: { displayName: 'recorded' } }] });
  });
});

describe('settings that differ', () => {
  it('leave out the ones that all runs share', () => {
    expect(differingSettings([ROWS[0]!, ROWS[2]!])).toEqual(['batch size']);
    expect(differingSettings([ROWS[0]!, ROWS[3]!])).toEqual(['optimizer']);
    expect(differingSettings([ROWS[0]!])).toEqual([]);
  });
});
