import { AnalysisService } from '@noema/contracts/noema/explanations/v1/analysis_service';
import { HeatMapAlgorithm } from '@noema/contracts/noema/explanations/v1/heat_map';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { MethodService } from '@noema/contracts/noema/methods/v1/method_service';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { startPostgres, type TestPostgres, waitFor } from '@noema/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Explainer } from '../src/explainers/explainer.js';
import { explainers } from '../src/explainers/explainer.registry.js';
import { type Platform, startPlatform } from './platform.js';

/** All that an explainer has to say about itself. */
const toy: Explainer = {
  key: 'toy',
  title: 'Toy',
  summary: 'The same value everywhere.',
  reference: '',
  parameters: [],
  facts: {
    signed: true,
    atLayer: false,
    needsGradients: false,
    usedByDefault: false,
    explains: 'class',
    unit: '',
    reading: '{positive} say nothing of {target}.',
  },
  explain: ({ classes, geometry: { height, width } }) =>
    Promise.resolve(
      classes.map((classIndex) => ({
        target: { kind: 'class' as const, classIndex },
        map: { data: new Float32Array(height * width).fill(1), height, width },
        peak: 1,
        layer: '',
      })),
    ),
};

let postgres: TestPostgres;
let platform: Platform;
const remove = explainers.add(toy);

beforeAll(async () => {
  postgres = await startPostgres();
  platform = await startPlatform(postgres);
  await platform.startWorker();
});

afterAll(async () => {
  remove();
  await platform.close();
  await postgres.stop();
});

it('lists every explainer with its description, for every role', async () => {
  const { methods } = await platform
    .client(MethodService, { role: 'viewer' })
    .listMethods({ service: 'explanations', kind: 'explainer' });
  expect(methods.map(({ key }) => key)).toEqual(explainers.keys());
  for (const { kind, title, summary } of methods) {
    expect([kind, title]).toEqual(['explainer', expect.stringMatching(/./)]);
    expect(summary).toMatch(/\.$/);
  }
  const { key, title, summary, facts } = toy;
  expect(methods.at(-1)).toMatchObject({ key, title, summary, facts });
  const none = await platform.client(MethodService).listMethods({ service: 'explanations', kind: 'loss' });
  expect(none.methods).toEqual([]);
});

it('runs an explainer that it got one registry line ago by its key, with what holds of its maps', async () => {
  const { projectId, runId } = platform.world;
  const analyses = platform.client(AnalysisService);
  const { analysis } = await analyses.createAnalysis({
    projectId,
    runId,
    epoch: 6,
    sample: { split: Split.VALIDATION, sampleId: 's4' },
    settings: { classes: [1], algorithms: [HeatMapAlgorithm.GRAD_CAM], methods: ['toy'] },
  });
  const done = await waitFor(
    async () => {
      const { analysis: now } = await analyses.getAnalysis({ analysisId: analysis!.id });
      return now!.state === JobState.SUCCEEDED || now!.state === JobState.FAILED ? now : undefined;
    },
    { what: 'the analysis to end' },
  );
  expect(done.fault).toBeUndefined();
  expect(done.settings).toMatchObject({
    algorithms: [HeatMapAlgorithm.GRAD_CAM],
    methods: ['grad-cam', 'toy'],
  });
  expect(done.heatMaps).toMatchObject([
    {
      id: 'grad-cam-1',
      method: 'grad-cam',
      algorithm: HeatMapAlgorithm.GRAD_CAM,
      signed: false,
      layer: 'conv',
    },
    { id: 'toy-1', method: 'toy', algorithm: HeatMapAlgorithm.UNSPECIFIED, signed: true, layer: '' },
  ]);
});
