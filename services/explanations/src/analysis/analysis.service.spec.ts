import { DomainError, uuidv7 } from '@noema/kernel';
import { memoryResources, memoryWork } from '@noema/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Analysis, AnalysisContents, AnalysisSource } from './analysis.js';
import type { LayerInfo, NewAnalysis } from './analysis.ports.js';
import { AnalysisService } from './analysis.service.js';

const TEAM = 'team';
const ref = { uri: 'file:///a', sha256: '0', sizeBytes: 1, mediaType: 'x' };
const source: AnalysisSource = {
  projectId: uuidv7(),
  runId: uuidv7(),
  epoch: 2,
  datasetVersionId: uuidv7(),
  topology: ref,
  weights: ref,
  classNames: ['a', 'b'],
  sample: { split: 'validation', sampleId: '7', row: 7, shardRow: 7, inputs: ref },
};
const layers: LayerInfo[] = [
  { name: 'conv', units: 4, hasPositions: true },
  { name: 'dense', units: 2, hasPositions: false },
];
const question = {
  projectId: source.projectId,
  runId: source.runId,
  epoch: 0,
  sample: { split: 'validation', sampleId: '7' },
} as const;
const contents: AnalysisContents = {
  trueClass: 1,
  predictedClass: 0,
  scores: [],
  heatMaps: [],
  layers: [{ layer: 'dense', kind: 'Dense', positionDims: [], units: [] }],
};
/** The store of a service that must fail before it reads or writes a file. */
const readsNothing = (): never => {
  throw new Error('reads a file');
};
const noArtifacts = { read: readsNothing, readFeatureMap: readsNothing, encodePicture: readsNothing };

let queued: { id: string; shards: number }[];
let analyses: ReturnType<typeof memoryAnalyses>;
let service: AnalysisService;
const memoryAnalyses = () =>
  memoryResources<Analysis, NewAnalysis, AnalysisContents>(
    ({ settings, source: from }) => ({ settings, source: from }),
    (made) => ({ contents: made }),
  );

beforeEach(() => {
  queued = [];
  analyses = memoryAnalyses();
  service = new AnalysisService(
    memoryWork,
    analyses,
    { find: () => Promise.resolve({ source, layers, classes: 2 }) },
    { queue: (_team, id, shards) => Promise.resolve(`job ${queued.push({ id, shards })}`) },
    noArtifacts,
  );
});

const start = async (settings = {}): Promise<Analysis> =>
  service.start(TEAM, await service.plan(TEAM, question, settings));

describe('starting an analysis', () => {
  it('queues one job and fills in the defaults of the model', async () => {
    const analysis = await start();
    expect(analysis).toMatchObject({ state: 'queued', jobId: 'job 1', settings: { layer: 'conv' } });
    expect(queued).toEqual([{ id: analysis.id, shards: 1 }]);
  });

  it('returns the analysis that exists for the same sample and settings', async () => {
    const first = await start();
    expect((await start()).jobId).toBe(first.jobId);
    expect((await start({ layer: 'conv' })).jobId).toBe(first.jobId);
    expect(queued).toHaveLength(1);
  });

  it('starts another one for other settings', async () => {
    expect((await start({ classes: [1] })).id).not.toBe((await start({ classes: [0] })).id);
  });

  it.each(['failed', 'cancelled'] as const)('replaces an analysis whose job is %s', async (state) => {
    const first = await start();
    analyses.setState(first.id, state);
    expect(await start()).toMatchObject({ id: first.id, state: 'queued', jobId: 'job 2' });
    expect(analyses.all()).toHaveLength(1);
  });

  it('rejects a layer without positions before anything is queued', async () => {
    await expect(start({ layer: 'dense' })).rejects.toMatchObject({ reason: 'LAYER_WITHOUT_POSITIONS' });
    expect(queued).toEqual([]);
  });

  it('rejects a class that the model does not have', async () => {
    await expect(start({ classes: [2] })).rejects.toMatchObject({ reason: 'CLASS_NOT_FOUND' });
  });
});

describe('reading an analysis', () => {
  it.each([uuidv7(), 'no id'])('does not find %s', async (id) => {
    await expect(service.get(TEAM, id)).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('lists nothing for a project or run that is no id', async () => {
    await start();
    expect(await service.list(TEAM, 'x', {}, query)).toEqual({ items: [], nextPageToken: '' });
    expect((await service.list(TEAM, source.projectId, { runId: 'x' }, query)).items).toEqual([]);
    expect((await service.list(TEAM, source.projectId, {}, query)).items).toHaveLength(1);
  });

  it('has no heat map before its job is done', async () => {
    const { id } = await start();
    await expect(service.heatMap(TEAM, id, 'h', 'picture')).rejects.toMatchObject({
      reason: 'ANALYSIS_NOT_READY',
    });
  });

  it('names the heat maps and layers that there are', async () => {
    const { id } = await start();
    await analyses.finish(id, contents, new Date());
    await expect(service.heatMap(TEAM, id, 'h', 'picture')).rejects.toMatchObject({
      reason: 'HEAT_MAP_NOT_FOUND',
    });
    await expect(service.featureMap(TEAM, id, 'conv', 0)).rejects.toMatchObject({
      reason: 'LAYER_NOT_FOUND',
      message: expect.stringContaining('dense') as string,
    });
    await expect(service.featureMap(TEAM, id, 'dense', 0)).rejects.toMatchObject({
      reason: 'LAYER_WITHOUT_POSITIONS',
    });
  });
});

describe('deleting an analysis', () => {
  it('is refused while its job runs', async () => {
    const { id } = await start();
    analyses.setState(id, 'running');
    await expect(service.delete(TEAM, id)).rejects.toMatchObject({ reason: 'ANALYSIS_BUSY' });
  });

  it('removes it once its job has ended', async () => {
    const { id } = await start();
    analyses.setState(id, 'succeeded');
    await service.delete(TEAM, id);
    await expect(service.get(TEAM, id)).rejects.toBeInstanceOf(DomainError);
  });
});

const query = { pageSize: 0, pageToken: '', filter: '', orderBy: '' };
