import { create } from '@bufbuild/protobuf';
import { RunSchema } from '@noema/contracts/noema/training/v1/run';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { describe, expect, it } from 'vitest';
import type { RunRow, Setting } from '../../../features/runs/run-row.js';
import { runAxes, speakRun } from './parallel-axes.js';
import { runColumns } from './run-columns.js';

const row = (name: string, settings: Readonly<Record<string, Setting>>, accuracy?: number): RunRow => ({
  run: create(RunSchema, { id: name, displayName: name }),
  state: 'succeeded',
  settings: new Map(Object.entries(settings)),
  metric:
    accuracy === undefined
      ? undefined
      : { name: 'accuracy', value: accuracy, split: Split.VALIDATION, sampleCount: 100, interval: undefined },
  loss: undefined,
  durationMs: undefined,
});
const SETTINGS = ['optimizer', 'optimizer learning rate', 'batch size', 'epochs'];
const ROWS = [
  row('a', { optimizer: 'sgd', 'optimizer learning rate': 0.0001, 'batch size': 8, epochs: 3 }, 0.5),
  row('b', { optimizer: 'adam', 'optimizer learning rate': 0.1, 'batch size': 64, epochs: 3 }, 0.9),
  row('c', { optimizer: 'adam', 'batch size': 32, epochs: 3 }, NaN),
];
const axes = runAxes(ROWS, runColumns(SETTINGS, 'accuracy').slice(1), 'accuracy');
const axis = (title: string) => axes.find((one) => one.title === title)!;

describe('the axes of runs', () => {
  it('are the columns in which runs differ', () => {
    // The synthetic runs have one state, and no loss and no duration.
    expect(axes.map(({ title }) => title)).toEqual([
      'accuracy',
      'optimizer',
      'optimizer learning rate',
      'batch size',
    ]);
    const unique = Array.from({ length: 30 }, (_, i) => row(`${i}`, { optimizer: `own ${i}` }));
    expect(runAxes(unique, runColumns(['optimizer'], undefined).slice(1), undefined)).toEqual([]);
  });

  it('are logarithmic where the ends are a hundred times apart, and their ends are exact', () => {
    const rate = axis('optimizer learning rate');
    expect([rate.place(0.0001), rate.place(0.1)]).toEqual([0, 1]);
    expect(rate.place(0.00316227766)).toBeCloseTo(0.5, 6);
    expect(rate.valueAt(0.5)).toBeCloseTo(0.003162, 6);
    expect([rate.valueAt(-1), rate.valueAt(2)]).toEqual([0.0001, 0.1]);
    expect(axis('batch size').place(36)).toBeCloseTo(0.5, 12);
    expect([rate.place(0), rate.place(-1), rate.place(7)]).toEqual([0, 0, 1]);
  });

  it('have values between ends that differ in late digits', () => {
    const rows = [0.99991, 0.99992].map((accuracy, at) => row(`${at}`, {}, accuracy));
    const [accuracy] = runAxes(rows, runColumns([], 'accuracy').slice(1), 'accuracy');
    expect(accuracy!.valueAt(0.5)).toBeCloseTo(0.999915, 7);
  });

  it('have names in their order, and no place for a run without a value', () => {
    const optimizer = axis('optimizer');
    expect(optimizer.names).toEqual(['adam', 'sgd']);
    expect(ROWS.map(optimizer.read)).toEqual([1, 0, 0]);
    expect(optimizer.valueAt(0.6)).toBe(1);
    expect(axis('optimizer learning rate').read(ROWS[2]!)).toBeUndefined();
    expect(axis('accuracy').read(ROWS[2]!)).toBeUndefined();
  });

  it('are read out with the name of the run', () => {
    expect(speakRun(ROWS[2]!, axes)).toBe(
      'c, accuracy: not set, optimizer: adam, optimizer learning rate: not set, batch size: 32',
    );
    expect(speakRun(ROWS[1]!, axes.slice(0, 1))).toBe('b, accuracy: 90%');
  });
});
