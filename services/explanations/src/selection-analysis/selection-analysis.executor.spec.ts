import { readMatrix } from '@noema/artifacts';
import { type MemoryStore, memoryResources, memoryStore, memoryWork } from '@noema/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { linearModel, type LinearModelOptions, linearPopulation } from '../../test/linear-model.js';
import type { HeatMapEntry } from '../analysis/analysis.js';
import { AnalysisArtifactStore } from '../heat-map/analysis-artifacts.store.js';
import { SelectionAnalysisExecutor } from './selection-analysis.executor.js';
import { ROWS_PER_SHARD, type SelectionAnalysis, type SelectionSums } from './selection-analysis.js';
import type { NewSelectionAnalysis } from './selection-analysis.ports.js';

const TEAM = 'team';
const { signal } = new AbortController();
/** Class 0 looks at the first two positions, class 1 at the others. */
const WEIGHTS = [
  [1, 1, 0, 0],
  [0, 0, 1, 1],
];
const SAMPLES = [
  [1, 3, 0, 0],
  [0, 0, 4, 2],
];

let model: LinearModelOptions;
let store: MemoryStore;
let messages: string[];
let analyses: ReturnType<typeof memoryAnalyses>;
let executor: SelectionAnalysisExecutor;
const memoryAnalyses = () =>
  memoryResources<SelectionAnalysis, NewSelectionAnalysis, readonly HeatMapEntry[]>(
    ({ source }) => ({ source, heatMaps: [] }),
    (heatMaps) => ({ heatMaps }),
  );

beforeEach(() => {
  [model, store, messages, analyses] = [
    { samples: SAMPLES, weights: WEIGHTS },
    memoryStore(),
    [],
    memoryAnalyses(),
  ];
  executor = new SelectionAnalysisExecutor(
    memoryWork,
    analyses,
    { open: () => Promise.resolve(linearModel(model)) },
    new AnalysisArtifactStore(store),
  );
});

const insert = (rows: readonly number[], layer = 'conv') =>
  analyses.insert({
    id: 'selection',
    jobId: 'job',
    source: { ...linearPopulation(200), layer, rows, selectedCount: 500 },
  });
const explain = (shard = 0): Promise<SelectionSums> =>
  executor.explain(TEAM, 'selection', shard, {
    signal,
    progress: (done, total, message) => void messages.push(`${done}/${total} ${message}`),
  });
const readSum = async ({ sums }: SelectionSums, name: string): Promise<number[]> => [
  ...readMatrix(await store.get(sums)).float32(name).data,
];
async function drawn(shards: readonly SelectionSums[]): Promise<readonly HeatMapEntry[]> {
  await (await executor.draw(TEAM, 'selection', shards)).commit();
  return (await analyses.find('selection'))!.heatMaps;
}
const readValues = async ({ values }: HeatMapEntry): Promise<number[]> => [
  ...readMatrix(await store.get(values)).float32('values').data,
];

describe('a shard of a selection', () => {
  it('adds up the inputs and the maps of the predicted classes', async () => {
    await insert([0, 1]);
    const sums = await explain();
    expect(sums).toMatchObject({ rows: 2, gradCamRows: 2, occlusionRows: 0, lossRows: 0 });
    expect(await readSum(sums, 'input')).toEqual([1, 3, 4, 2]);
    // Each map is its input by a positive weight, with a peak of 1.
    const map = await readSum(sums, 'grad-cam');
    [1 / 3, 1, 1, 0.5].forEach((value, i) => {
      expect(map[i]).toBeCloseTo(value, 6);
    });
  });

  it('has the rows of its number', async () => {
    const rows = Array.from({ length: ROWS_PER_SHARD + 3 }, (_, i) => i);
    model = { samples: rows.map(() => SAMPLES[0]!), weights: WEIGHTS };
    await insert(rows);
    expect((await explain(0)).rows).toBe(ROWS_PER_SHARD);
    expect((await explain(1)).rows).toBe(3);
    expect(messages.at(-1)).toBe(`3/3 explaining ${rows.length} of 500 selected samples`);
  });

  it('adds up the loss where there is ground truth, by its size', async () => {
    model = { ...model, classes: [1, 1] };
    await insert([0]);
    const sums = await explain();
    expect(sums.lossRows).toBe(1);
    // Scores 4 and 0, so that p₀ = 1 / (1 + e⁻⁴): the gradient is p₀ at class 0, −p₀ at class 1.
    const p = 1 / (1 + Math.exp(-4));
    for (const value of await readSum(sums, 'loss-gradient')) expect(value).toBeCloseTo(p, 6);
  });

  it('explains classes by occlusion where the model has no gradients', async () => {
    model = { ...model, hasGradients: false, classes: [0, 1] };
    await insert([0]);
    expect(await explain()).toMatchObject({ rows: 1, gradCamRows: 0, occlusionRows: 1, lossRows: 0 });
  });

  it('has no maps of classes for a model without positions', async () => {
    await insert([0], '');
    expect(await explain()).toMatchObject({ rows: 1, gradCamRows: 0, occlusionRows: 0 });
  });
});

describe('the means of a selection', () => {
  it('weigh every row alike, however the rows are spread over shards', async () => {
    await insert([0, 1]);
    const [both] = [await explain()];
    const whole = await readValues((await drawn([both]))[0]!);
    await insert([0, 0, 0]);
    const three = await explain();
    await insert([1]);
    const one = await explain();
    const [{ id, layer, target }] = (await drawn([three, one])) as [HeatMapEntry];
    expect({ id, layer, target }).toEqual({
      id: 'grad-cam',
      layer: 'conv',
      target: expect.objectContaining({ kind: 'class' }) as unknown,
    });
    [1 / 6, 1 / 2, 1 / 2, 1 / 4].forEach((value, i) => {
      expect(whole[i]).toBeCloseTo(value, 6);
    });
    const spread = await readValues((await drawn([three, one]))[0]!);
    [3 / 12, 3 / 4, 1 / 4, 1 / 8].forEach((value, i) => {
      expect(spread[i]).toBeCloseTo(value, 6);
    });
  });

  it('become visible only when the caller commits', async () => {
    await insert([0]);
    const { commit } = await executor.draw(TEAM, 'selection', [await explain()]);
    expect(await analyses.find('selection')).toMatchObject({ state: 'queued', heatMaps: [] });
    await commit();
    expect(await analyses.find('selection')).toMatchObject({
      state: 'succeeded',
      heatMaps: [{ algorithm: 'grad-cam', signed: false, dims: [2, 2] }],
    });
  });

  it('do not exist once the analysis was deleted', async () => {
    await expect(explain()).rejects.toMatchObject({ kind: 'not-found' });
    await expect(executor.draw(TEAM, 'selection', [])).rejects.toMatchObject({ kind: 'not-found' });
  });
});
