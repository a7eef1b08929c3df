import { randomUUID } from 'node:crypto';
import { timestampMs } from '@bufbuild/protobuf/wkt';
import { artifactKey, readMatrix } from '@noema/artifacts';
import { parseArtifactRef } from '@noema/contracts';
import type { Analysis } from '@noema/contracts/noema/explanations/v1/analysis';
import { AnalysisService } from '@noema/contracts/noema/explanations/v1/analysis_service';
import { HeatMapAlgorithm, TargetKind } from '@noema/contracts/noema/explanations/v1/heat_map';
import { SimilarityAnalysisService } from '@noema/contracts/noema/explanations/v1/similarity_analysis_service';
import type { SimilarityAnalysis } from '@noema/contracts/noema/explanations/v1/similarity_analysis';
import { SanityCheckService } from '@noema/contracts/noema/explanations/v1/sanity_check_service';
import { SelectionAnalysisService } from '@noema/contracts/noema/explanations/v1/selection_analysis_service';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { JobService } from '@noema/contracts/noema/jobs/v1/job_service';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { ArtifactSweep, type RunningApp } from '@noema/host';
import { decodeWeights } from '@noema/layers';
import { decodeBasis, layerPull } from '@noema/perception';
import { assertRowLevelSecurity } from '@noema/postgres';
import { normalised, upsample } from '@noema/saliency';
import { startPostgres, type TestPostgres, untilEnded, waitFor } from '@noema/testing';
import { decode } from 'fast-png';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Platform, startPlatform } from './platform.js';

let postgres: TestPostgres;
let platform: Platform;
let worker: RunningApp<unknown>;

beforeAll(async () => {
  postgres = await startPostgres();
  platform = await startPlatform(postgres);
  worker = await platform.startWorker();
});
afterAll(async () => {
  await platform.close();
  await postgres.stop();
});

const sampleAt = (row: number) => ({ split: Split.VALIDATION, sampleId: `s${row}` });
const request = (change: object = {}) => ({
  projectId: platform.world.projectId,
  runId: platform.world.runId,
  epoch: 6,
  sample: sampleAt(4),
  settings: { allClasses: true },
  ...change,
});
async function analyzed(change: object = {}): Promise<Analysis> {
  const analyses = platform.client(AnalysisService, { role: 'editor' });
  const { analysis } = await analyses.createAnalysis(request(change));
  const done = await untilEnded(
    async () => (await analyses.getAnalysis({ analysisId: analysis!.id })).analysis,
    { what: 'the analysis to end' },
  );
  expect(done.fault).toBeUndefined();
  return done;
}

describe('an analysis', () => {
  it('explains all classes, the loss and the units of a sample', async () => {
    const { world } = platform;
    const analysis = await analyzed();
    expect(analysis).toMatchObject({
      state: JobState.SUCCEEDED,
      runId: world.runId,
      epoch: 6,
      row: 4,
      trueClass: 1,
      predictedClass: 1,
    });
    expect(analysis.loss).toBe(world.runs.get(world.runId)!.losses[4]);
    expect(analysis.scores.map(({ className }) => className)).toEqual(['left', 'middle', 'right']);
    expect(analysis.scores.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 5);
    const logits = analysis.scores.map(({ logit }) => logit);
    const norm = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
    analysis.scores.forEach(({ probability, logit }) => {
      expect(probability).toBeCloseTo(Math.exp(logit) / norm, 5);
    });
    expect(analysis.heatMaps.map(({ id, layer }) => [id, layer])).toEqual([
      ['grad-cam-0', 'conv'],
      ['grad-cam-1', 'conv'],
      ['grad-cam-2', 'conv'],
      ['integrated-gradients-0', ''],
      ['integrated-gradients-1', ''],
      ['integrated-gradients-2', ''],
      ['loss-gradient', ''],
    ]);
    expect(
      analysis.heatMaps.map(({ algorithm, target }) => [algorithm, target!.kind, target!.className]),
    ).toContainEqual([HeatMapAlgorithm.LOSS_GRADIENT, TargetKind.LOSS, '']);
    for (const { dims, faithfulness, target } of analysis.heatMaps) {
      expect(dims).toEqual([8, 8]);
      const { orders, ...shares } = faithfulness!;
      expect(
        Object.values(shares)
          .filter((value) => typeof value === 'number')
          .every((value) => value >= 0 && value <= 1),
      ).toBe(true);
      expect([1, 10]).toContain(orders);
      expect(target!.className).toBe(
        target!.kind === TargetKind.CLASS ? ['left', 'middle', 'right'][target!.classIndex] : '',
      );
    }
    expect(
      analysis.layers.map(({ layer, kind, units, positionDims }) => [
        layer,
        kind,
        units.length,
        positionDims,
      ]),
    ).toEqual([
      ['conv', 'Conv2D', 6, [6, 6]],
      ['dense', 'Dense', 8, []],
      ['side', 'Dense', 3, []],
    ]);
    const [conv] = analysis.layers;
    expect(conv!.units.map(({ contribution }) => Math.abs(contribution))).toEqual(
      conv!.units.map(({ contribution }) => Math.abs(contribution)).sort((a, b) => b - a),
    );
    // More of what argues for the right class is less loss.
    expect(conv!.units[0]!.lossContribution * conv!.units[0]!.contribution).toBeLessThan(0);
    expect(
      analysis.layers.flatMap(({ units }) => units).some(({ standardResponse }) => standardResponse !== 0),
    ).toBe(true);
    const message = await waitFor(() =>
      platform.announced.find(({ body }) => (body as { analysisId: string }).analysisId === analysis.id),
    );
    expect(message.body).toMatchObject({ runId: world.runId, epoch: 6, sample: { sampleId: 's4' } });
  });

  it('finds the stripe: integrated gradients of the true class beat random masks of the same area', async () => {
    const { heatMaps } = await analyzed();
    const { faithfulness, values } = heatMaps.find(({ id }) => id === 'integrated-gradients-1')!;
    expect(faithfulness!.deletion).toBeLessThan(faithfulness!.randomDeletion);
    expect(faithfulness!.insertion).toBeGreaterThan(faithfulness!.randomInsertion);
    const { data } = readMatrix(await platform.store.get(parseArtifactRef(values, 'values'))).float32(
      'values',
    );
    const byColumn = Array.from({ length: 8 }, (_, column) =>
      Array.from({ length: 8 }, (_, row) => data[row * 8 + column]!).reduce((a, b) => a + b),
    );
    expect(byColumn.indexOf(Math.max(...byColumn))).toBe(3);
  });

  it('shows its pictures: heat maps over the sample, feature maps of any unit', async () => {
    const { id, heatMaps } = await analyzed();
    const analyses = platform.client(AnalysisService, { role: 'editor' });
    const { body, etag } = await analyses.getHeatMap({ analysisId: id, heatMapId: heatMaps[0]!.id });
    expect(body!.contentType).toBe('image/png');
    expect(etag).toBe(heatMaps[0]!.picture!.sha256);
    expect(decode(body!.data)).toMatchObject({ width: 224, height: 224, channels: 3 });
    const ofTrueClass = heatMaps.find((map) => map.id === 'grad-cam-1')!;
    const values = await analyses.getHeatMapValues({ analysisId: id, heatMapId: ofTrueClass.id });
    expect(values).toMatchObject({
      etag: ofTrueClass.values!.sha256,
      body: { contentType: 'application/vnd.apache.arrow.file' },
    });
    const numbers = readMatrix(values.body!.data).float32('values');
    expect([numbers.rows, ...numbers.dims]).toEqual(ofTrueClass.dims);
    expect(Math.max(...numbers.data.map(Math.abs))).toBe(1);
    await expect(analyses.getHeatMapValues({ analysisId: id, heatMapId: 'grad-cam-9' })).rejects.toThrow(
      /no heat map "grad-cam-9"; it has: grad-cam-0/,
    );
    const map = await analyses.getUnitFeatureMap({ analysisId: id, layer: 'conv', unit: 5 });
    expect(decode(map.body!.data)).toMatchObject({ width: 222, height: 222, channels: 3 });
    await expect(analyses.getHeatMap({ analysisId: id, heatMapId: 'grad-cam-9' })).rejects.toThrow(
      /no heat map "grad-cam-9"; it has: grad-cam-0/,
    );
    await expect(analyses.getUnitFeatureMap({ analysisId: id, layer: 'conv', unit: 6 })).rejects.toThrow(
      /"conv" has no unit 6; it has 0 to 5/,
    );
    await expect(analyses.getUnitFeatureMap({ analysisId: id, layer: 'dense', unit: 0 })).rejects.toThrow(
      /"dense" has no positions.*choose one of: conv/,
    );
    await expect(analyses.getUnitFeatureMap({ analysisId: id, layer: 'conv9', unit: 0 })).rejects.toThrow(
      /no layer "conv9".*conv, dense, side/,
    );
  });

  it(
    'of a model without positions has no layer: it uses integrated gradients, with a named refusal when Grad-CAM is ' +
      'insisted on',
    async () => {
      const { heatMaps, settings } = await analyzed({ runId: platform.world.denseRunId });
      expect(settings).toMatchObject({
        layer: '',
        algorithms: [HeatMapAlgorithm.INTEGRATED_GRADIENTS, HeatMapAlgorithm.LOSS_GRADIENT],
      });
      expect(heatMaps).toHaveLength(4);
      const insisted = platform.client(AnalysisService).createAnalysis(
        request({
          runId: platform.world.denseRunId,
          settings: { algorithms: [HeatMapAlgorithm.GRAD_CAM] },
        }),
      );
      await expect(insisted).rejects.toMatchObject({
        kind: 'precondition',
        reason: 'MODEL_WITHOUT_POSITIONS',
      });
    },
  );

  it(
    'of a model whose weights are not all numbers fails at once, naming the channel, and makes nothing ' +
      'visible (row 30)',
    async () => {
      const analyses = platform.client(AnalysisService);
      const { analysis } = await analyses.createAnalysis(request({ runId: platform.world.brokenRunId }));
      const failed = await untilEnded(
        async () => (await analyses.getAnalysis({ analysisId: analysis!.id })).analysis,
        { what: 'the analysis to fail' },
      );
      expect(failed).toMatchObject({
        state: JobState.FAILED,
        heatMaps: [],
        fault: { reason: 'FEATURE_MAP_NOT_FINITE' },
      });
      expect(failed.fault!.message).toMatch(/channel 2 .* is NaN/);
      await expect(
        analyses.getHeatMap({ analysisId: analysis!.id, heatMapId: 'grad-cam-0' }),
      ).rejects.toMatchObject({ kind: 'precondition', reason: 'ANALYSIS_NOT_READY' });
    },
  );

  it('that is cancelled is whole or not there', async () => {
    const analyses = platform.client(AnalysisService);
    const { analysis, job } = await analyses.createAnalysis(request({ sample: sampleAt(20) }));
    await platform.client(JobService).cancelJob({ service: 'explanations', jobId: job!.id });
    const ended = await untilEnded(
      async () => (await analyses.getAnalysis({ analysisId: analysis!.id })).analysis,
      { what: 'the analysis to end' },
    );
    // A worker may have been faster than the cancel; then it is whole.
    expect(ended.heatMaps.length).toBe(ended.state === JobState.CANCELLED ? 0 : 7);
    // A second request makes it anew, or finds it.
    expect((await analyzed({ sample: sampleAt(20) })).heatMaps).toHaveLength(7);
  });

  it('explains the predicted class and the label unless others are requested', async () => {
    const { heatMaps, trueClass, predictedClass, hasLoss } = await analyzed({
      sample: sampleAt(5),
      settings: { algorithms: [HeatMapAlgorithm.GRAD_CAM, HeatMapAlgorithm.LOSS_GRADIENT] },
    });
    expect(heatMaps.map(({ id }) => id)).toEqual(
      [...new Set([predictedClass, trueClass])].map((index) => `grad-cam-${index}`).concat('loss-gradient'),
    );
    expect(hasLoss).toBe(true);
  });

  it('makes only the requested heat maps', async () => {
    const { heatMaps, layers } = await analyzed({
      epoch: 0,
      settings: {
        classes: [2, 0, 2],
        algorithms: [HeatMapAlgorithm.GRAD_CAM],
        layer: 'conv',
        unitsPerLayer: 2,
      },
    });
    expect(heatMaps.map(({ id }) => id)).toEqual(['grad-cam-0', 'grad-cam-2']);
    expect(layers.map(({ units }) => units.length)).toEqual([2, 2, 2]);
  });

  it('requested twice is one, and makes the same bytes again after it was deleted', async () => {
    const change = { sample: sampleAt(7) };
    const first = await analyzed(change);
    const again = await analyzed(change);
    expect(again.id).toBe(first.id);
    expect(again.jobId).toBe(first.jobId);
    const analyses = platform.client(AnalysisService);
    await analyses.deleteAnalysis({ analysisId: first.id });
    await expect(analyses.getAnalysis({ analysisId: first.id })).rejects.toMatchObject({
      kind: 'not-found',
      reason: 'ANALYSIS_NOT_FOUND',
    });
    await platform.service.app.get(ArtifactSweep).run({ graceMs: -1_000 });
    expect(await platform.store.stat(first.heatMaps[0]!.picture!.uri)).toBeUndefined();
    const made = await analyzed(change);
    expect(made.heatMaps.map(({ picture, values }) => [picture!.sha256, values!.sha256])).toEqual(
      first.heatMaps.map(({ picture, values }) => [picture!.sha256, values!.sha256]),
    );
  });

  it('keeps its artifacts when the store is swept; what no analysis names goes', async () => {
    const { heatMaps } = await analyzed({ sample: sampleAt(7) });
    const {
      store,
      world: { teamId, projectId },
    } = platform;
    const orphan = await store.put(
      artifactKey({ teamId, projectId, kind: 'analyses', id: randomUUID(), part: 'map.png' }),
      Uint8Array.of(1),
      'image/png',
    );
    const exists = async (uri: string) => (await store.stat(uri)) !== undefined;
    await platform.service.app.get(ArtifactSweep).run({ graceMs: -1_000 });
    expect(await exists(orphan.uri)).toBe(false);
    for (const ref of heatMaps.flatMap(({ values, picture }) => [values, picture]))
      expect(await exists(ref!.uri)).toBe(true);
  });

  it.each<[string, object, string, RegExp]>([
    [
      'layer that does not exist',
      { settings: { layer: 'conv9' } },
      'not-found',
      /no layer "conv9" with learned units; it has: conv, dense, side/,
    ],
    [
      'layer without positions',
      { settings: { layer: 'dense' } },
      'precondition',
      /"dense" has no positions.*choose one of: conv/,
    ],
    [
      'class that does not exist',
      { settings: { classes: [3] } },
      'invalid',
      /class 3 does not exist; the model has 0 to 2/,
    ],
    [
      'algorithm for two samples',
      { settings: { algorithms: [HeatMapAlgorithm.SHARED_AREA] } },
      'invalid',
      /similarity analysis/,
    ],
    [
      'unknown algorithm',
      { settings: { algorithms: [99] } },
      'invalid',
      /settings.algorithms: 99 is no HeatMapAlgorithm; use .*HEAT_MAP_ALGORITHM_GRAD_CAM/,
    ],
    [
      'unknown method',
      { settings: { methods: ['grad-cam', 'magic'] } },
      'invalid',
      /unknown heat map algorithm "magic"; known: grad-cam, .*rise/,
    ],
    ['too many units', { settings: { unitsPerLayer: 1000 } }, 'invalid', /is 1000; use 1 to 256/],
    ['missing sample', { sample: undefined }, 'invalid', /sample: names no sample/],
    ['sample that does not exist', { sample: sampleAt(9999) }, 'not-found', /sample s9999 does not exist/],
    ['run that does not exist', { runId: randomUUID() }, 'not-found', /run .* does not exist/],
    ['run of another project', { projectId: randomUUID() }, 'not-found', /does not exist in project/],
  ])('refuses a wrong question: %s', async (_, change, kind, message) => {
    const refused = platform.client(AnalysisService).createAnalysis(request(change));
    await expect(refused).rejects.toMatchObject({ kind });
    await expect(refused).rejects.toThrow(message);
  });

  it('RELIABILITY 28: lists what it has, newest first, and nothing of it exists for another team', async () => {
    const { id } = await analyzed();
    const { projectId, runId } = platform.world;
    const ours = platform.client(AnalysisService);
    const theirs = platform.client(AnalysisService, { teamId: randomUUID() });
    expect((await ours.listAnalyses({ projectId, runId })).analyses.map((analysis) => analysis.id)).toContain(
      id,
    );
    expect((await theirs.listAnalyses({ projectId })).analyses).toEqual([]);
    await expect(theirs.getAnalysis({ analysisId: id })).rejects.toMatchObject({ kind: 'not-found' });
    await expect(theirs.getHeatMap({ analysisId: id, heatMapId: 'grad-cam-0' })).rejects.toMatchObject({
      kind: 'not-found',
    });
    await expect(theirs.getHeatMapValues({ analysisId: id, heatMapId: 'grad-cam-0' })).rejects.toMatchObject({
      kind: 'not-found',
    });
    await expect(theirs.deleteAnalysis({ analysisId: id })).rejects.toMatchObject({ kind: 'not-found' });
    await assertRowLevelSecurity(platform.adminUrl, 'explanations');
  });

  it('RELIABILITY 7: is created once per request id', async () => {
    const analyses = platform.client(AnalysisService);
    const first = await analyses.createAnalysis(request({ sample: sampleAt(11), requestId: 'r1' }));
    expect(
      (await analyses.createAnalysis(request({ sample: sampleAt(11), requestId: 'r1' }))).analysis!.id,
    ).toBe(first.analysis!.id);
    await expect(
      analyses.createAnalysis(request({ sample: sampleAt(12), requestId: 'r1' })),
    ).rejects.toMatchObject({ reason: 'REQUEST_ID_REUSED' });
    expect(
      (await platform.client(JobService).getJob({ service: 'explanations', jobId: first.job!.id })).job!.id,
    ).toBe(first.job!.id);
  });
});

describe('jobs of a team', () => {
  const {
    GRAD_CAM,
    LAYER_CAM,
    GRAD_CAM_PLUS_PLUS,
    GRADIENT_TIMES_INPUT,
    INTEGRATED_GRADIENTS,
    SMOOTH_GRAD,
    LOSS_GRADIENT,
    OCCLUSION,
    RISE,
  } = HeatMapAlgorithm;
  const algorithms = [
    GRAD_CAM,
    GRAD_CAM_PLUS_PLUS,
    LAYER_CAM,
    GRADIENT_TIMES_INPUT,
    INTEGRATED_GRADIENTS,
    LOSS_GRADIENT,
    SMOOTH_GRAD,
    OCCLUSION,
    RISE,
  ];

  it('do not wait for each other to end: a small one is done while large ones that came before still run', async () => {
    const { projectId, runId, activationSetId } = platform.world;
    const analyses = platform.client(AnalysisService);
    const jobs = platform.client(JobService);
    await worker.close();
    const samples = Array.from({ length: 60 }, (_, i) => sampleAt(40 + i));
    const large = [
      (await platform.client(SanityCheckService).createSanityCheck({ projectId, runId, epoch: 5 })).job!,
      (
        await platform
          .client(SimilarityAnalysisService)
          .createSimilarityAnalysis({ projectId, activationSetId, query: sampleAt(4), samples })
      ).job!,
      (
        await analyses.createAnalysis(
          request({ sample: sampleAt(30), settings: { allClasses: true, algorithms } }),
        )
      ).job!,
    ];
    const small = (
      await analyses.createAnalysis(
        request({ sample: sampleAt(31), settings: { classes: [1], algorithms: [GRAD_CAM] } }),
      )
    ).job!;
    worker = await platform.startWorker();
    const readJob = async (jobId: string) => (await jobs.getJob({ service: 'explanations', jobId })).job!;
    const done = await untilEnded(() => readJob(small.id), { what: 'the small analysis to end' });
    expect(done.state).toBe(JobState.SUCCEEDED);
    // Had a large job ended since, it would have ended later.
    const endMs = ({ endTime }: typeof done): number =>
      endTime === undefined ? Infinity : timestampMs(endTime);
    for (const { id } of large) expect(endMs(await readJob(id))).toBeGreaterThan(endMs(done));
    await jobs.cancelJob({ service: 'explanations', jobId: large[0]!.id });
  });

  it('that are cut say what uncut ones say, bit for bit', async () => {
    const whole = (classes: readonly number[]) =>
      analyzed({ sample: sampleAt(30), settings: { classes, algorithms } });
    const cut = await analyzed({ sample: sampleAt(30), settings: { allClasses: true, algorithms } });
    const { shards } = await platform
      .client(JobService)
      .listJobShards({ service: 'explanations', jobId: cut.jobId });
    expect(shards.map(({ stage, index }) => `${stage} ${index}`)).toEqual([
      'explain 0',
      'explain 1',
      'explain 2',
      'publish 0',
    ]);
    const uncut = [await whole([0]), await whole([1]), await whole([2])];
    const content = ({ id, values, picture, faithfulness, peak }: Analysis['heatMaps'][number]) => ({
      id,
      values: values!.sha256,
      picture: picture!.sha256,
      faithfulness,
      peak,
    });
    for (const { heatMaps, layers, scores } of uncut) {
      expect(cut.heatMaps.map(content)).toEqual(expect.arrayContaining(heatMaps.map(content)));
      expect([cut.layers, cut.scores]).toEqual([layers, scores]);
    }
    expect(cut.heatMaps.map(({ id }) => id)).toEqual(
      [
        'grad-cam',
        'grad-cam-plus-plus',
        'layer-cam',
        'gradient-times-input',
        'integrated-gradients',
        'loss-gradient',
        'smooth-grad',
        'occlusion',
        'rise',
      ].flatMap((key) => (key === 'loss-gradient' ? [key] : [0, 1, 2].map((index) => `${key}-${index}`))),
    );
  });

  it('that are cut by samples say what uncut ones say, bit for bit', async () => {
    const { projectId, activationSetId } = platform.world;
    const analyses = platform.client(SimilarityAnalysisService);
    const compared = async (rows: readonly number[]) => {
      const { similarityAnalysis } = await analyses.createSimilarityAnalysis({
        projectId,
        activationSetId,
        query: sampleAt(4),
        samples: rows.map(sampleAt),
      });
      return untilEnded(
        async () =>
          (await analyses.getSimilarityAnalysis({ similarityAnalysisId: similarityAnalysis!.id }))
            .similarityAnalysis,
        { what: 'the similarity analysis to end' },
      );
    };
    const content = ({ areas }: SimilarityAnalysis) =>
      areas.map(({ row, distance, queryHeatMap, sampleHeatMap, queryGrowth, sampleGrowth }) => ({
        row,
        distance,
        maps: [queryHeatMap!.values!.sha256, sampleHeatMap!.values!.sha256, queryHeatMap!.picture!.sha256],
        queryGrowth,
        sampleGrowth,
      }));
    const rows = Array.from({ length: 60 }, (_, i) => 40 + i);
    const cut = content(await compared(rows));
    expect(cut.map(({ row }) => row)).toEqual(rows);
    expect([
      ...content(await compared(rows.slice(0, 8))),
      ...content(await compared(rows.slice(20, 28))),
    ]).toEqual([...cut.slice(0, 8), ...cut.slice(20, 28)]);
  });
});

describe('what failed or was cancelled', () => {
  it('is made anew when it is requested again: selections, comparisons and sanity checks', async () => {
    const { projectId, runId, activationSetId } = platform.world;
    const jobs = platform.client(JobService);
    await worker.close();
    const kinds = [
      async () => {
        const { job, sanityCheck } = await platform
          .client(SanityCheckService)
          .createSanityCheck({ projectId, runId, epoch: 4 });
        return [job!.id, sanityCheck!.id] as const;
      },
      async () => {
        const { job, similarityAnalysis } = await platform
          .client(SimilarityAnalysisService)
          .createSimilarityAnalysis({
            projectId,
            activationSetId,
            query: sampleAt(9),
            samples: [sampleAt(10)],
          });
        return [job!.id, similarityAnalysis!.id] as const;
      },
      async () => {
        const { job, selectionAnalysis } = await platform
          .client(SelectionAnalysisService)
          .createSelectionAnalysis({ projectId, runId, epoch: 4, selection: { rows: [1, 2] } });
        return [job!.id, selectionAnalysis!.id] as const;
      },
    ];
    const again: string[] = [];
    for (const ask of kinds) {
      const [jobId, id] = await ask();
      expect(await ask()).toEqual([jobId, id]);
      await jobs.cancelJob({ service: 'explanations', jobId });
      const [newJobId, sameId] = await ask();
      expect(newJobId).not.toBe(jobId);
      expect(sameId).toBe(id);
      again.push(newJobId);
    }
    await jobs.cancelJob({ service: 'explanations', jobId: again.shift()! });
    worker = await platform.startWorker();
    for (const jobId of again) {
      const { state } = await untilEnded(
        async () => (await jobs.getJob({ service: 'explanations', jobId })).job,
        { what: `job ${jobId} to end` },
      );
      expect(state).toBe(JobState.SUCCEEDED);
    }
  });
});

describe('a branch of a recorded run that replaces epochs', () => {
  it('deletes what was explained of them, ends their jobs and their served models, and nothing else', async () => {
    const { runId, projectId, teamId, activationSetId } = platform.world;
    const analyses = platform.client(AnalysisService, { role: 'editor' });
    const comparisons = platform.client(SimilarityAnalysisService, { role: 'editor' });
    const sample = sampleAt(13);
    const done = [await analyzed({ epoch: 4, sample }), await analyzed({ epoch: 5, sample })];
    await worker.close();
    const { analysis: open } = await analyses.createAnalysis(request({ epoch: 6, sample }));
    const { sanityCheck } = await platform
      .client(SanityCheckService)
      .createSanityCheck({ projectId, runId, epoch: 5 });
    // The activation set is of epoch 6.
    const { similarityAnalysis: comparison } = await comparisons.createSimilarityAnalysis({
      projectId,
      activationSetId,
      query: sample,
      samples: [sampleAt(14)],
    });
    const served = [
      [4, 0],
      [5, 0],
      [6, 0],
      [5, 1],
    ] as const;
    const { admin } = platform;
    await admin.runSystem(async () => {
      for (const [epoch, branch] of served)
        await sql`
          insert into served_model (id, team_id, project_id, run_id, epoch, branch, activation)
          values (${randomUUID()}, ${teamId}, ${projectId}, ${runId}, ${epoch}, ${branch}, 'none')`.execute(
          admin.tx(),
        );
    });

    await platform.replaceEpoch(runId, { branch: 1, branchStart: 5 });
    await waitFor(
      async () => {
        const left = await analyses.listAnalyses({ projectId, pageSize: 1_000 });
        return left.analyses.every(({ id }) => id !== open!.id);
      },
      { what: 'the analyses of replaced epochs to go' },
    );
    for (const id of [done[1]!.id, open!.id])
      await expect(analyses.getAnalysis({ analysisId: id })).rejects.toMatchObject({ kind: 'not-found' });
    expect((await analyses.getAnalysis({ analysisId: done[0]!.id })).analysis!.epoch).toBe(4);
    await expect(
      platform.client(SanityCheckService).getSanityCheck({ sanityCheckId: sanityCheck!.id }),
    ).rejects.toMatchObject({ kind: 'not-found' });
    await expect(
      comparisons.getSimilarityAnalysis({ similarityAnalysisId: comparison!.id }),
    ).rejects.toMatchObject({ kind: 'not-found' });
    for (const { jobId } of [open!, comparison!]) {
      const { job } = await platform.client(JobService).getJob({ service: 'explanations', jobId });
      expect(job!.state).toBe(JobState.CANCELLED);
    }
    const { rows } = await admin.runSystem(() =>
      sql<{ epoch: number; branch: number }>`
        select epoch, branch from served_model where run_id = ${runId} order by epoch, branch`.execute(
        admin.tx(),
      ),
    );
    expect(rows.map(({ epoch, branch }) => [epoch, branch])).toEqual([
      [4, 0],
      [5, 1],
    ]);
    worker = await platform.startWorker();
  });
});

describe('a similarity analysis', () => {
  const compared = async (change: object = {}): Promise<SimilarityAnalysis> => {
    const { projectId, activationSetId } = platform.world;
    const analyses = platform.client(SimilarityAnalysisService, { role: 'editor' });
    const { similarityAnalysis } = await analyses.createSimilarityAnalysis({
      projectId,
      activationSetId,
      query: sampleAt(4),
      samples: [sampleAt(7), sampleAt(5)],
      ...change,
    });
    return untilEnded(
      async () =>
        (await analyses.getSimilarityAnalysis({ similarityAnalysisId: similarityAnalysis!.id }))
          .similarityAnalysis,
      { what: 'the similarity analysis to end' },
    );
  };

  it('shows what two samples share, and little where they share little', async () => {
    const { areas, state, fault } = await compared();
    expect(fault).toBeUndefined();
    expect(state).toBe(JobState.SUCCEEDED);
    expect(areas.map(({ sample, row }) => [sample!.sampleId, row])).toEqual([
      ['s7', 7],
      ['s5', 5],
    ]);
    // Both have the stripe in the middle; the other has it on the right.
    expect(areas[0]!.distance).toBeLessThan(areas[1]!.distance);
    const { queryHeatMap, sampleHeatMap, queryGrowth, sampleGrowth } = areas[0]!;
    for (const growth of [queryGrowth!, sampleGrowth!])
      expect(growth.deletion).toBeGreaterThan(growth.randomDeletion);
    expect(queryHeatMap).toMatchObject({
      algorithm: HeatMapAlgorithm.SHARED_AREA,
      layer: 'conv',
      dims: [8, 8],
      target: { kind: TargetKind.SIMILARITY },
    });
    const analyses = platform.client(SimilarityAnalysisService);
    const { similarityAnalyses } = await analyses.listSimilarityAnalyses({
      projectId: platform.world.projectId,
    });
    const { body } = await analyses.getSharedAreaHeatMap({
      similarityAnalysisId: similarityAnalyses[0]!.id,
      heatMapId: sampleHeatMap!.id,
    });
    expect(decode(body!.data)).toMatchObject({ width: 224, height: 224 });
    const values = await analyses.getSharedAreaValues({
      similarityAnalysisId: similarityAnalyses[0]!.id,
      heatMapId: sampleHeatMap!.id,
    });
    expect(values.etag).toBe(sampleHeatMap!.values!.sha256);
    expect(readMatrix(values.body!.data).float32('values').data).toHaveLength(64);
  });

  it('measures what is shared against an empty picture, with its sign', async () => {
    const { id, areas } = await compared();
    const { world, store } = platform;
    const { model, weights } = world.runs.get(world.runId)!;
    const parameters = decodeWeights(model.parameters, await store.get(weights));
    const [kernel, bias] = ['conv/kernel', 'conv/bias'].map((name) => parameters.get(name)!);
    // 3 × 3 without padding, then relu: what unit c answers at place p of 6 × 6.
    const answer = (picture: Float32Array, p: number, c: number): number =>
      Math.max(
        0,
        Array.from(
          { length: 9 },
          (_, i) =>
            picture[(Math.floor(p / 6) + Math.floor(i / 3)) * 8 + (p % 6) + (i % 3)]! * kernel![i * 6 + c]!,
        ).reduce((a, b) => a + b, bias![c]!),
      );
    const {
      data: vectors,
      dims: [k],
    } = readMatrix(await store.get(world.shards[0]!.vectors)).float32('vectors');
    const basis = decodeBasis(await store.get(world.basis));
    const query = world.pictures.subarray(4 * 64, 5 * 64);
    const empty = new Float32Array(64);
    const places = Array.from({ length: 36 }, (_, p) =>
      Array.from({ length: 6 }, (_unit, c) => answer(query, p, c) - answer(empty, p, c)),
    );
    const sizes = places.map((place) => Math.hypot(...place));
    const whole = sizes.reduce((a, b) => a + b);
    const nothing = Array.from(
      { length: 6 },
      (_, c) => places.reduce((sum, _place, p) => sum + answer(empty, p, c), 0) / 36,
    );
    const totals: number[] = [];
    for (const { row, queryHeatMap } of areas) {
      const { weights: pull, mean } = layerPull(basis, 'conv', vectors.subarray(row * k!, (row + 1) * k!));
      const average = pull.reduce((sum, w, c) => sum + w * (mean[c]! - nothing[c]!), 0);
      const map = Float32Array.from(
        places,
        (place, p) =>
          place.reduce((sum, value, c) => sum + pull[c]! * value, 0) / 36 - (average * sizes[p]!) / whole,
      );
      const expected = normalised(upsample({ data: map, height: 6, width: 6 }, 8, 8)).map.data;
      const { body } = await platform
        .client(SimilarityAnalysisService)
        .getSharedAreaValues({ similarityAnalysisId: id, heatMapId: queryHeatMap!.id });
      const values = readMatrix(body!.data).float32('values').data;
      values.forEach((value, p) => {
        expect(value).toBeCloseTo(expected[p]!, 4);
      });
      totals.push(values.reduce((a, b) => a + b));
    }
    // The one with the same stripe is made alike by it, the one with another is set apart.
    expect(totals[0]).toBeGreaterThan(0);
    expect(totals[1]).toBeLessThan(0);
  });

  it.each<[string, object, string, RegExp]>([
    ['no sample', { samples: [] }, 'invalid', /0 similar samples are named/],
    ['a layer that does not exist', { layer: 'conv9' }, 'not-found', /no layer "conv9"/],
    ['a set that does not exist', { activationSetId: randomUUID() }, 'not-found', /does not exist/],
    [
      'a project that the set is not of',
      { projectId: randomUUID() },
      'not-found',
      /does not exist in project/,
    ],
  ])('refuses %s', async (_, change, kind, message) => {
    const refused = compared(change);
    await expect(refused).rejects.toMatchObject({ kind });
    await expect(refused).rejects.toThrow(message);
  });

  it('RELIABILITY 28: does not exist for another team', async () => {
    const { id } = await compared();
    const theirs = platform.client(SimilarityAnalysisService, { teamId: randomUUID() });
    await expect(theirs.getSimilarityAnalysis({ similarityAnalysisId: id })).rejects.toMatchObject({
      kind: 'not-found',
    });
    await expect(
      theirs.getSharedAreaValues({ similarityAnalysisId: id, heatMapId: 'query-0' }),
    ).rejects.toMatchObject({ kind: 'not-found' });
  });
});
