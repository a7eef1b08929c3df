import { uuidv7 } from '@noema/kernel';
import { memoryResources, memoryWork } from '@noema/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import type { EpochPopulation } from '../population/population.js';
import type { SelectionAnalysis } from './selection-analysis.js';
import type { NewSelectionAnalysis } from './selection-analysis.ports.js';
import { SelectionAnalysisService } from './selection-analysis.service.js';

const TEAM = 'team';
const ref = { uri: 'file:///a', sha256: '0', sizeBytes: 1, mediaType: 'x' };
const population: EpochPopulation = {
  projectId: uuidv7(),
  runId: uuidv7(),
  epoch: 3,
  datasetVersionId: uuidv7(),
  sampleCount: 2_000,
  shards: [
    { firstRow: 0, rowCount: 1_000, inputs: ref },
    { firstRow: 1_000, rowCount: 1_000, inputs: ref },
  ],
  splits: [{ split: 'validation', firstRow: 0, count: 2_000 }],
  layer: 'conv',
  topology: ref,
  weights: ref,
};
const question = { projectId: population.projectId, runId: population.runId, epoch: 0 };
const rows = (...list: number[]) => ({ rows: list, bitmap: new Uint8Array() });

let shards: number[];
let analyses: ReturnType<typeof memoryAnalyses>;
let service: SelectionAnalysisService;
const memoryAnalyses = () =>
  memoryResources<SelectionAnalysis, NewSelectionAnalysis, never>(({ source }) => ({ source, heatMaps: [] }));

beforeEach(() => {
  shards = [];
  analyses = memoryAnalyses();
  service = new SelectionAnalysisService(
    memoryWork,
    analyses,
    { population: () => Promise.resolve(population) },
    { queue: (_team, _id, count) => Promise.resolve(`job ${shards.push(count)}`) },
    { read: () => Promise.reject(new Error('reads no file')) },
  );
});

const start = async (selection = rows(5, 1, 3)): Promise<SelectionAnalysis> =>
  service.start(TEAM, await service.plan(TEAM, question, selection));

describe('a selection analysis', () => {
  it('reads only the shards of the selected rows', async () => {
    const { source } = await start(rows(1_500));
    expect(source.shards.map(({ firstRow }) => firstRow)).toEqual([1_000]);
  });

  it('explains at most 512 rows at even distances, and keeps how many were selected', async () => {
    const { source } = await start(rows(...Array.from({ length: 1_024 }, (_, i) => i)));
    expect(source).toMatchObject({ selectedCount: 1_024 });
    expect(source.rows).toHaveLength(512);
    expect(source.rows.slice(0, 3)).toEqual([0, 2, 4]);
    expect(shards).toEqual([8]);
  });

  it('is the same one for the same rows in another order', async () => {
    expect((await start(rows(3, 5, 1))).jobId).toBe((await start()).jobId);
    expect(shards).toHaveLength(1);
  });

  it('is replaced when its job was cancelled', async () => {
    analyses.setState((await start()).id, 'cancelled');
    expect((await start()).jobId).toBe('job 2');
  });

  it.each([
    ['SELECTION_MISSING', rows()],
    ['ROW_INVALID', rows(2_000)],
    ['ROW_TWICE', rows(1, 1)],
  ])('is refused with %s', async (reason, selection) => {
    await expect(start(selection)).rejects.toMatchObject({ reason });
    expect(shards).toEqual([]);
  });

  it.each([uuidv7(), 'no id'])('does not exist under the id %s', async (id) => {
    await expect(service.get(TEAM, id)).rejects.toMatchObject({ kind: 'not-found' });
  });
});
