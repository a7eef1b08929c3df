import { randomUUID } from 'node:crypto';
import { readMatrix } from '@noema/artifacts';
import { parseArtifactRef } from '@noema/contracts';
import { AnalysisService } from '@noema/contracts/noema/explanations/v1/analysis_service';
import { HeatMapAlgorithm, TargetKind } from '@noema/contracts/noema/explanations/v1/heat_map';
import type { SelectionAnalysis } from '@noema/contracts/noema/explanations/v1/selection_analysis';
import { SelectionAnalysisService } from '@noema/contracts/noema/explanations/v1/selection_analysis_service';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { JobService } from '@noema/contracts/noema/jobs/v1/job_service';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { Engine, evaluateProgram } from '@noema/engine';
import { ArtifactSweep } from '@noema/host';
import { decodeWeights } from '@noema/layers';
import { float32 } from '@noema/onnx';
import { startPostgres, type TestPostgres, untilEnded, waitFor } from '@noema/testing';
import { decode } from 'fast-png';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Platform, startPlatform } from './platform.js';
import { LABELED_ROWS } from './world.js';

let postgres: TestPostgres;
let platform: Platform;

beforeAll(async () => {
  postgres = await startPostgres();
  platform = await startPlatform(postgres);
  await platform.startWorker();
});
afterAll(async () => {
  await platform.close();
  await postgres.stop();
});

const selections = () => platform.client(SelectionAnalysisService, { role: 'editor' });
const request = (change: object = {}) => ({
  projectId: platform.world.projectId,
  runId: platform.world.runId,
  epoch: 6,
  selection: { rows: [4, 7, 9] },
  ...change,
});
const ended = (selectionAnalysisId: string): Promise<SelectionAnalysis> =>
  untilEnded(
    async () => (await selections().getSelectionAnalysis({ selectionAnalysisId })).selectionAnalysis,
    { what: 'the selection analysis to end' },
  );
const analyzed = async (change: object = {}): Promise<SelectionAnalysis> => {
  const done = await ended(
    (await selections().createSelectionAnalysis(request(change))).selectionAnalysis!.id,
  );
  expect(done.fault).toBeUndefined();
  return done;
};
const readValues = async (
  analysis: { heatMaps: SelectionAnalysis['heatMaps'] },
  id: string,
): Promise<Float32Array> =>
  readMatrix(
    await platform.store.get(
      parseArtifactRef(analysis.heatMaps.find((map) => map.id === id)!.values, 'values'),
    ),
  ).float32('values').data;

it('a selection has the mean of the heat maps of its samples, each for the class that the model predicts', async () => {
  const analysis = await analyzed();
  const { world } = platform;
  expect(analysis).toMatchObject({
    state: JobState.SUCCEEDED,
    runId: world.runId,
    epoch: 6,
    selectedCount: 3,
    explainedCount: 3,
    datasetVersionId: world.datasetVersionId,
  });
  expect(analysis.heatMaps).toMatchObject([
    {
      id: 'grad-cam',
      algorithm: HeatMapAlgorithm.GRAD_CAM,
      layer: 'conv',
      dims: [8, 8],
      target: { kind: TargetKind.CLASS, classIndex: -1 },
    },
    {
      id: 'loss-gradient',
      algorithm: HeatMapAlgorithm.LOSS_GRADIENT,
      layer: '',
      dims: [8, 8],
      target: { kind: TargetKind.LOSS },
    },
  ]);
  // Rows 4 and 7 show the stripe in the middle, row 9 on the left.
  const single = await Promise.all(
    [
      [4, 1],
      [7, 1],
      [9, 0],
    ].map(async ([row, predicted]) => {
      const analyses = platform.client(AnalysisService);
      const sample = { split: Split.VALIDATION, sampleId: `s${row}` };
      const { analysis: asked } = await analyses.createAnalysis({
        projectId: world.projectId,
        runId: world.runId,
        epoch: 6,
        sample,
        settings: { classes: [predicted!], algorithms: [HeatMapAlgorithm.GRAD_CAM] },
      });
      const done = await waitFor(
        async () => {
          const { analysis: now } = await analyses.getAnalysis({ analysisId: asked!.id });
          return now!.state === JobState.SUCCEEDED ? now : undefined;
        },
        { what: 'the analysis of one sample' },
      );
      expect(done.predictedClass).toBe(predicted);
      return readValues(done, `grad-cam-${predicted}`);
    }),
  );
  (await readValues(analysis, 'grad-cam')).forEach((value, i) => {
    expect(value).toBeCloseTo(single.reduce((sum, map) => sum + map[i]!, 0) / 3, 6);
  });
});

it('the mean size of the loss gradient is that of finite differences', async () => {
  const { world } = platform;
  const { model, weights, losses: known } = world.runs.get(world.runId)!;
  const step = 0.01;
  // The rows with the highest losses: differences of small ones drown in float32.
  const rows = Array.from({ length: LABELED_ROWS }, (_, row) => row)
    .sort((a, b) => known[b]! - known[a]!)
    .slice(0, 3);
  const analysis = await analyzed({ selection: { rows } });
  const engine = Engine.start({ threads: 1 });
  const judge = evaluateProgram(model, decodeWeights(model.parameters, await platform.store.get(weights)), [
    { loss: 'categorical_crossentropy' },
  ]);
  const inputs = new Float32Array(rows.length * 128 * 64);
  const targets = new Float32Array(rows.length * 128 * 3);
  rows.forEach((row, r) => {
    for (let i = 0; i < 128; i++) {
      const at = r * 128 + i;
      inputs.set(world.pictures.subarray(row * 64, row * 64 + 64), at * 64);
      inputs[at * 64 + (i >> 1)]! += i % 2 === 0 ? step : -step;
      targets[at * 3 + (row % 3)] = 1;
    }
  });
  const out = await engine.run(judge.program, {
    image: float32(inputs, [rows.length * 128, 8, 8, 1]),
    'target:side': float32(targets, [rows.length * 128, 3]),
  });
  await engine.close();
  const losses = out[judge.loss!]!.data as Float32Array;
  const found = await readValues(analysis, 'loss-gradient');
  const expected = Array.from(
    { length: 64 },
    (_, pixel) =>
      rows.reduce(
        (sum, _row, r) =>
          sum + Math.abs(losses[r * 128 + 2 * pixel]! - losses[r * 128 + 2 * pixel + 1]!) / (2 * step),
        0,
      ) / rows.length,
  );
  const scale = Math.max(...expected);
  expect(scale).toBeGreaterThan(0);
  found.forEach((value, i) => {
    expect(Math.abs(value - expected[i]!) / scale).toBeLessThan(0.05);
  });
});

it('its picture lies over the mean input; the partial sums of its shards are swept, it stays', async () => {
  const all = await analyzed({ selection: { bitmap: new Uint8Array(30).fill(255) } });
  expect(all).toMatchObject({ selectedCount: 240, explainedCount: 240 });
  const { body, etag } = await selections().getMeanHeatMap({
    selectionAnalysisId: all.id,
    heatMapId: 'grad-cam',
  });
  expect(body!.contentType).toBe('image/png');
  expect(etag).toBe(all.heatMaps[0]!.picture!.sha256);
  expect(decode(body!.data)).toMatchObject({ width: 224, height: 224, channels: 3 });
  const {
    store,
    world: { teamId, projectId },
  } = platform;
  const left: string[] = [];
  await platform.service.app.get(ArtifactSweep).run({ graceMs: -1_000 });
  for await (const { uri } of store.list(`${teamId}/${projectId}/analyses/${all.id}/`)) left.push(uri);
  expect(left.sort()).toEqual(
    all.heatMaps.flatMap(({ values, picture }) => [values!.uri, picture!.uri]).sort(),
  );
  await expect(selections().getMeanHeatMap({ selectionAnalysisId: all.id, heatMapId: 'x' })).rejects.toThrow(
    /no heat map "x"; it has: grad-cam, loss-gradient/,
  );
});

it('requested twice, in any order of rows or as bits, is one', async () => {
  const first = await selections().createSelectionAnalysis(request({ epoch: 0 }));
  const bits = Uint8Array.of(0b1001_0000, 0b10);
  for (const selection of [{ rows: [9, 4, 7] }, { bitmap: bits }]) {
    const again = await selections().createSelectionAnalysis(request({ selection }));
    expect([again.selectionAnalysis!.id, again.job!.id]).toEqual([
      first.selectionAnalysis!.id,
      first.job!.id,
    ]);
  }
  expect((await selections().createSelectionAnalysis(request({ epoch: 5 }))).selectionAnalysis!.id).not.toBe(
    first.selectionAnalysis!.id,
  );
  const once = request({ selection: { rows: [1] }, requestId: 'once' });
  expect((await selections().createSelectionAnalysis(once)).job!.id).toBe(
    (await selections().createSelectionAnalysis(once)).job!.id,
  );
  await expect(
    selections().createSelectionAnalysis({ ...once, selection: { rows: [2] } }),
  ).rejects.toMatchObject({ reason: 'REQUEST_ID_REUSED' });
});

it('rows without labels have no part in the map of the loss, models without positions have no Grad-CAM', async () => {
  const unlabeled = { rows: [LABELED_ROWS, LABELED_ROWS + 2] };
  const ids = async (change: object) => (await analyzed(change)).heatMaps.map(({ id }) => id);
  expect(await ids({ selection: unlabeled })).toEqual(['grad-cam']);
  expect(await ids({ runId: platform.world.denseRunId })).toEqual(['loss-gradient']);
  expect(await ids({ runId: platform.world.denseRunId, selection: unlabeled })).toEqual([]);
  const [mixed, labeled] = [
    await analyzed({ selection: { rows: [4, LABELED_ROWS] } }),
    await analyzed({ selection: { rows: [4] } }),
  ];
  expect(await readValues(mixed, 'loss-gradient')).toEqual(await readValues(labeled, 'loss-gradient'));
});

it('weights that are no numbers fail it visibly, and a cancelled one is whole or not there', async () => {
  const broken = await ended(
    (await selections().createSelectionAnalysis(request({ runId: platform.world.brokenRunId })))
      .selectionAnalysis!.id,
  );
  expect(broken).toMatchObject({
    state: JobState.FAILED,
    heatMaps: [],
    fault: { reason: 'FEATURE_MAP_NOT_FINITE' },
  });
  await expect(
    selections().getMeanHeatMap({ selectionAnalysisId: broken.id, heatMapId: 'grad-cam' }),
  ).rejects.toMatchObject({ kind: 'precondition', reason: 'ANALYSIS_NOT_READY' });
  const { selectionAnalysis, job } = await selections().createSelectionAnalysis(
    request({ epoch: 3, selection: { bitmap: new Uint8Array(30).fill(255) } }),
  );
  await platform.client(JobService).cancelJob({ service: 'explanations', jobId: job!.id });
  const stopped = await ended(selectionAnalysis!.id);
  expect(stopped.heatMaps).toHaveLength(stopped.state === JobState.CANCELLED ? 0 : 2);
});

it.each<[string, object, string, RegExp]>([
  ['no selection', { selection: undefined }, 'invalid', /set selection.rows or selection.bitmap/],
  ['a row beyond the end', { selection: { rows: [240] } }, 'invalid', /row 240 .* 0 to 239/],
  ['a row twice', { selection: { rows: [3, 3] } }, 'invalid', /row 3 .* more than once/],
  ['a bitmap of zeros', { selection: { bitmap: new Uint8Array(4) } }, 'invalid', /no bit of the 4 bytes/],
  ['a run that does not exist', { runId: randomUUID() }, 'not-found', /run .* does not exist/],
  ['a run of another project', { projectId: randomUUID() }, 'not-found', /does not exist in project/],
])('refuses %s', async (_, change, kind, message) => {
  const refused = selections().createSelectionAnalysis(request(change));
  await expect(refused).rejects.toMatchObject({ kind });
  await expect(refused).rejects.toThrow(message);
});

it('RELIABILITY 28: a selection analysis does not exist for another team', async () => {
  const { id } = await analyzed();
  const theirs = platform.client(SelectionAnalysisService, { teamId: randomUUID() });
  await expect(theirs.getSelectionAnalysis({ selectionAnalysisId: id })).rejects.toMatchObject({
    kind: 'not-found',
    reason: 'ANALYSIS_NOT_FOUND',
  });
  await expect(
    theirs.getMeanHeatMap({ selectionAnalysisId: id, heatMapId: 'grad-cam' }),
  ).rejects.toMatchObject({ kind: 'not-found' });
});
