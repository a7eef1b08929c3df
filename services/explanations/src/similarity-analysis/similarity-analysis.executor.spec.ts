import { readMatrix } from '@noema/artifacts';
import { fitBasis, computeMoments, encodeBasis, type Basis, project } from '@noema/perception';
import { writeVectors } from '@noema/population/files';
import { type MemoryStore, memoryResources, memoryStore, memoryWork } from '@noema/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { artifact, linearModel } from '../../test/linear-model.js';
import { AnalysisArtifactStore } from '../heat-map/analysis-artifacts.store.js';
import { SimilarityAnalysisExecutor } from './similarity-analysis.executor.js';
import type { SharedAreaEntry, SimilarityAnalysis, VectoredSample } from './similarity-analysis.js';
import type { NewSimilarityAnalysis } from './similarity-analysis.ports.js';

const TEAM = 'team';
const { signal } = new AbortController();
const SAMPLES = [
  [6, 0, 0, 0],
  [2, 2, 0, 0],
  [0, 0, 0, 8],
  [0, 0, 0, 0],
];
/** Mean of each sample over the positions: the response of the one unit. */
const RESPONSES = Float32Array.from(SAMPLES, (row) => row.reduce((a, b) => a + b) / 4);
const BASIS: Basis = fitBasis(computeMoments(RESPONSES, 1), { layers: [{ name: 'conv', units: 1 }] });

let store: MemoryStore;
let analyses: ReturnType<typeof memoryAnalyses>;
let messages: string[];
let executor: SimilarityAnalysisExecutor;
const memoryAnalyses = () =>
  memoryResources<SimilarityAnalysis, NewSimilarityAnalysis, readonly SharedAreaEntry[]>(
    ({ layer, source }) => ({ layer, source, areas: [] }),
    (areas) => ({ areas }),
  );

beforeEach(() => {
  [store, analyses, messages] = [memoryStore(), memoryAnalyses(), []];
  executor = new SimilarityAnalysisExecutor(
    memoryWork,
    analyses,
    { open: () => Promise.resolve(linearModel({ samples: SAMPLES, weights: [[1, 1, 1, 1]] })) },
    new AnalysisArtifactStore(store),
  );
});

async function insert(basis = BASIS, samples: readonly number[] = [1, 2]): Promise<void> {
  const vectors = project(basis, RESPONSES);
  const width = vectors.length / SAMPLES.length;
  const file = await store.put(
    'team/project/activations/set/vectors-0.arrow',
    writeVectors({ data: vectors, rows: SAMPLES.length, width }),
    'x',
  );
  const sample = (row: number): VectoredSample => ({
    split: 'validation',
    sampleId: String(row),
    row,
    shardRow: row,
    inputs: artifact('inputs'),
    vectors: file,
  });
  await analyses.insert({
    id: 'similar',
    layer: 'conv',
    jobId: 'job',
    source: {
      projectId: 'project',
      activationSetId: 'set',
      topology: artifact('topology'),
      weights: artifact('weights'),
      basis: await store.put('team/project/activations/set/basis.f64', encodeBasis(basis), 'x'),
      query: sample(0),
      samples: samples.map(sample),
    },
  });
}
const make = (slice = { index: 0, of: 1 }): Promise<SharedAreaEntry[]> =>
  executor.make(TEAM, 'similar', slice, {
    signal,
    progress: (done, total, message) => void messages.push(`${done}/${total} ${message}`),
  });

describe('shared areas', () => {
  it('have the distance of the perception vectors of the two samples', async () => {
    await insert();
    const vectors = project(BASIS, RESPONSES);
    expect((await make()).map(({ sampleId, distance }) => [sampleId, distance])).toEqual([
      ['1', expect.closeTo(Math.abs(vectors[0]! - vectors[1]!), 6)],
      ['2', expect.closeTo(Math.abs(vectors[0]! - vectors[2]!), 6)],
    ]);
  });

  it('lie where the sample responds, and are exact up to the peak', async () => {
    await insert();
    const [area] = await make();
    const read = async ({ values }: { values: SharedAreaEntry['queryHeatMap']['values'] }) =>
      readMatrix(await store.get(values)).float32('values').data;
    const onQuery = await read(area!.queryHeatMap);
    expect([...onQuery].map((value) => Math.abs(value))).toEqual([1, 0, 0, 0]);
    const onSample = await read(area!.sampleHeatMap);
    expect([...onSample].map((value) => Math.abs(value))).toEqual([1, 1, 0, 0]);
    // The map sums to the layer's part of the inner product, which is all of it: there is one layer.
    const vectors = project(BASIS, RESPONSES);
    const sum = onQuery.reduce((a, b) => a + b) * area!.queryHeatMap.peak!;
    expect(sum).toBeCloseTo(vectors[0]! * vectors[1]!, 5);
  });

  it('are measured by deletion on both samples', async () => {
    await insert();
    const [, area] = await make();
    // Both respond more than the average, each at one position: emptying that first takes them apart faster.
    for (const growth of [area!.queryGrowth!, area!.sampleGrowth!])
      expect(growth.deletion).toBeGreaterThan(growth.randomDeletion);
  });

  it('are divided among slices, each file named by the number of its sample', async () => {
    await insert();
    expect((await make({ index: 1, of: 2 })).map(({ sampleId }) => sampleId)).toEqual(['2']);
    expect(store.keys().filter((key) => key.endsWith('.png'))).toEqual([
      'team/project/analyses/similar/query-1.png',
      'team/project/analyses/similar/sample-1.png',
    ]);
    expect(messages).toEqual(['0/1 shared areas with 2 samples']);
  });

  it('are refused at a layer that the space does not weigh', async () => {
    await insert({ ...BASIS, scale: new Float64Array(1) });
    await expect(make()).rejects.toMatchObject({ reason: 'LAYER_OUTSIDE_SPACE' });
  });

  it('become visible in the order of the samples, when the caller commits', async () => {
    await insert();
    const parts = [await make({ index: 0, of: 2 }), await make({ index: 1, of: 2 })];
    const { commit } = await executor.publish('similar', parts);
    expect((await analyses.find('similar'))!.areas).toEqual([]);
    await commit();
    expect((await analyses.find('similar'))!.areas.map(({ row }) => row)).toEqual([1, 2]);
  });

  it('do not exist once the analysis was deleted', async () => {
    await expect(make()).rejects.toMatchObject({ kind: 'not-found' });
  });
});
