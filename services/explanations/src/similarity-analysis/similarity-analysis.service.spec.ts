import { uuidv7 } from '@noema/kernel';
import { memoryResources, memoryWork } from '@noema/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import type { LayerInfo } from '../analysis/analysis.ports.js';
import type { SharedAreaEntry, SimilarityAnalysis, VectoredSample } from './similarity-analysis.js';
import type { NewSimilarityAnalysis, SimilarityQuery } from './similarity-analysis.ports.js';
import { SimilarityAnalysisService } from './similarity-analysis.service.js';

const TEAM = 'team';
const ref = { uri: 'file:///a', sha256: '0', sizeBytes: 1, mediaType: 'x' };
const sample = (row: number): VectoredSample => ({
  split: 'validation',
  sampleId: String(row),
  row,
  shardRow: row,
  inputs: ref,
  vectors: ref,
});
const projectId = uuidv7();
const activationSetId = uuidv7();
const CONVOLUTIONAL: LayerInfo[] = [
  { name: 'early', units: 4, hasPositions: true },
  { name: 'late', units: 8, hasPositions: true },
  { name: 'dense', units: 2, hasPositions: false },
];

let layers: LayerInfo[];
let shards: number[];
let analyses: ReturnType<typeof memoryAnalyses>;
let service: SimilarityAnalysisService;
const memoryAnalyses = () =>
  memoryResources<SimilarityAnalysis, NewSimilarityAnalysis, readonly SharedAreaEntry[]>(
    ({ layer, source }) => ({ layer, source, areas: [] }),
    (areas) => ({ areas }),
  );

beforeEach(() => {
  layers = CONVOLUTIONAL;
  shards = [];
  analyses = memoryAnalyses();
  service = new SimilarityAnalysisService(
    memoryWork,
    analyses,
    {
      find: (_team, { samples }) =>
        Promise.resolve({
          source: {
            projectId,
            activationSetId,
            basis: ref,
            topology: ref,
            weights: ref,
            query: sample(0),
            samples: samples.map(({ sampleId }) => sample(Number(sampleId))),
          },
          layers,
        }),
    },
    { queue: (_team, _id, count) => Promise.resolve(`job ${shards.push(count)}`) },
    { read: () => Promise.reject(new Error('reads no file')) },
  );
});

const asked = (count: number): SimilarityQuery => ({
  projectId,
  activationSetId,
  query: sample(0),
  samples: Array.from({ length: count }, (_, i) => sample(i + 1)),
});
const start = async (count = 3, layer = ''): Promise<SimilarityAnalysis> =>
  service.start(TEAM, await service.plan(TEAM, asked(count), { layer }));

describe('a similarity analysis', () => {
  it('compares at the last layer with positions unless another one is named', async () => {
    expect(await start()).toMatchObject({ layer: 'late', state: 'queued' });
    expect(await start(3, 'early')).toMatchObject({ layer: 'early' });
  });

  it('gives eight samples to a shard', async () => {
    await start(17);
    expect(shards).toEqual([3]);
  });

  it.each([0, 101])('refuses %i samples', async (count) => {
    await expect(start(count)).rejects.toMatchObject({ reason: 'ANALYSIS_SETTING_INVALID' });
  });

  it('refuses a model without positions', async () => {
    layers = [CONVOLUTIONAL[2]!];
    await expect(start()).rejects.toMatchObject({ reason: 'MODEL_WITHOUT_POSITIONS' });
  });

  it('is the same one for the same samples and layer', async () => {
    expect((await start()).jobId).toBe((await start()).jobId);
    expect((await start(4)).jobId).toBe('job 2');
  });

  it('is replaced when its job failed', async () => {
    analyses.setState((await start()).id, 'failed');
    expect((await start()).jobId).toBe('job 2');
  });

  it('has no heat map before it is ready', async () => {
    const { id } = await start();
    await expect(service.heatMap(TEAM, id, 'h', 'picture')).rejects.toMatchObject({
      reason: 'ANALYSIS_NOT_READY',
    });
  });

  it('lists nothing for a project that is no id', async () => {
    await start();
    const query = { pageSize: 0, pageToken: '', filter: '', orderBy: '' };
    expect((await service.list(TEAM, 'x', query)).items).toEqual([]);
    expect((await service.list(TEAM, projectId, query)).items).toHaveLength(1);
  });
});
