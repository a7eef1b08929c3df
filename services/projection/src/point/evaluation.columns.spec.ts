import { artifactKey, type ArtifactStore } from '@noema/artifacts';
import { ARROW_MEDIA_TYPE, writeEvaluation } from '@noema/population/files';
import type { OutputEvaluation } from '@noema/population/rules';
import { memoryStore } from '@noema/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Exploration } from '../exploration/exploration.js';
import { evaluationColumns } from './evaluation.columns.js';

const LABELS = Int32Array.of(0, 1, -1);
const output = (name: string, over: Partial<OutputEvaluation> = {}): OutputEvaluation => ({
  name,
  rows: 3,
  task: 'multi-class',
  width: 2,
  hasLoss: Uint8Array.of(1, 1, 0),
  loss: Float32Array.of(0.5, 2, NaN),
  predictedClass: Int32Array.of(0, 0, 1),
  trueClass: LABELS,
  correct: Uint8Array.of(1, 0, 0),
  outputs: Float32Array.of(0.75, 0.25, 0.875, 0.125, 0.25, 0.75),
  ...over,
});

let store: ArtifactStore;
const open = async (...outputs: OutputEvaluation[]) => {
  const owner = { teamId: 't', projectId: 'p', kind: 'runs', id: 'r', part: 'evaluation.arrow' };
  const ref = await store.put(artifactKey(owner), writeEvaluation(outputs), ARROW_MEDIA_TYPE);
  const exploration = { classNames: ['cat', 'dog'] } as unknown as Exploration;
  return evaluationColumns(store, ref, exploration, () => Promise.resolve(LABELS));
};

beforeEach(() => {
  store = memoryStore();
});

describe('the columns of several outputs', () => {
  const SINGLE = ['loss', 'correct', 'predicted_class', 'confidence', 'true_probability'];

  it('are the columns of the first one, its own loss, and the columns of the others by their names', async () => {
    const columns = await open(
      output('kind', { ownLoss: Float32Array.of(0.25, 1, NaN) }),
      output('size', {
        task: 'regression',
        width: 1,
        outputs: Float32Array.of(1, 2, 3),
        targets: Float32Array.of(1, 1, NaN),
        residual: Float32Array.of(0, -1, NaN),
      }),
    );
    expect(await columns.names()).toEqual([
      ...SINGLE,
      'outputs.kind.loss',
      ...['loss', 'prediction', 'target', 'residual'].map((name) => `outputs.size.${name}`),
    ]);
    const values = async (name: string) => {
      const column = await columns.reader(name)!();
      return column.type === 'number' ? [...column.values] : column;
    };
    expect(await values('loss')).toEqual([0.5, 2, NaN]);
    expect(await values('outputs.kind.loss')).toEqual([0.25, 1, NaN]);
    expect(await values('outputs.size.residual')).toEqual([0, -1, NaN]);
  });

  it('have the class names of the data only where they have the labels of the data', async () => {
    const other = output('next', { trueClass: Int32Array.of(1, 1, -1), correct: Uint8Array.of(0, 0, 0) });
    const columns = await open(output('kind'), output('again'), other);
    const read = (name: string) => columns.reader(name)!();
    expect(await read('outputs.again.predicted_class')).toMatchObject({ names: ['cat', 'dog'] });
    expect(await read('outputs.next.predicted_class')).toMatchObject({ names: ['0', '1'] });
    expect(await read('outputs.next.true_class')).toMatchObject({
      names: ['0', '1'],
      values: Int32Array.of(1, 1, -1),
    });
    expect(await read('outputs.next.correct')).toMatchObject({ values: Int32Array.of(0, 0, -1) });
    expect(await read('outputs.next.true_probability')).toMatchObject({
      values: Float32Array.of(0.25, 0.125, NaN),
    });
  });

  it('of one output have no prefix', async () => {
    expect(await (await open(output('kind'))).names()).toEqual(SINGLE);
  });
});
