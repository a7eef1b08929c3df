import { randomUUID } from 'node:crypto';
import { HeatMapAlgorithm } from '@noema/contracts/noema/explanations/v1/heat_map';
import type { SanityCheck } from '@noema/contracts/noema/explanations/v1/sanity_check';
import { SanityCheckService } from '@noema/contracts/noema/explanations/v1/sanity_check_service';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { JobService } from '@noema/contracts/noema/jobs/v1/job_service';
import { Engine, gradientsProgram, initialWeights, type Weights } from '@noema/engine';
import { decodeWeights } from '@noema/layers';
import { float32 } from '@noema/onnx';
import { assertRowLevelSecurity } from '@noema/postgres';
import { startPostgres, type TestPostgres, untilEnded } from '@noema/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Platform, startPlatform } from './platform.js';
import { LABELED_ROWS } from './world.js';

const {
  GRAD_CAM,
  GRAD_CAM_PLUS_PLUS,
  LAYER_CAM,
  GRADIENT_TIMES_INPUT,
  INTEGRATED_GRADIENTS,
  SMOOTH_GRAD,
  LOSS_GRADIENT,
} = HeatMapAlgorithm;
const UNSIGNED: readonly HeatMapAlgorithm[] = [GRAD_CAM, GRAD_CAM_PLUS_PLUS, LAYER_CAM, SMOOTH_GRAD];

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

const checks = () => platform.client(SanityCheckService, { role: 'editor' });
const request = (change: object = {}) => ({
  projectId: platform.world.projectId,
  runId: platform.world.runId,
  epoch: 6,
  ...change,
});
const ended = (sanityCheckId: string): Promise<SanityCheck> =>
  untilEnded(async () => (await checks().getSanityCheck({ sanityCheckId })).sanityCheck, {
    what: 'the sanity check to end',
  });
const checked = async (change: object = {}): Promise<SanityCheck> => {
  const done = await ended((await checks().createSanityCheck(request(change))).sanityCheck!.id);
  expect(done.fault).toBeUndefined();
  return done;
};

/** Ranks counted one by one, equal values with the mean of theirs; Pearson's correlation of them. */
function spearman(a: readonly number[], b: readonly number[]): number {
  const rank = (of: readonly number[]): number[] =>
    of.map((v) => 0.5 + of.filter((w) => w < v).length + of.filter((w) => w === v).length / 2);
  const [x, y] = [rank(a), rank(b)];
  const computeMean = (of: readonly number[]): number => of.reduce((s, v) => s + v, 0) / of.length;
  const [mx, my] = [computeMean(x), computeMean(y)];
  const sum = (f: (i: number) => number): number => x.reduce((total, _, i) => total + f(i), 0);
  return (
    sum((i) => (x[i]! - mx) * (y[i]! - my)) /
    Math.sqrt(sum((i) => (x[i]! - mx) ** 2) * sum((i) => (y[i]! - my) ** 2))
  );
}

it('reports for every algorithm how far its maps outlive the weights, from the output to the input', async () => {
  const check = await checked();
  expect(check).toMatchObject({
    state: JobState.SUCCEEDED,
    runId: platform.world.runId,
    epoch: 6,
    sampleCount: 32,
  });
  expect(check.results.map(({ algorithm }) => algorithm)).toEqual([
    GRAD_CAM,
    GRAD_CAM_PLUS_PLUS,
    LAYER_CAM,
    GRADIENT_TIMES_INPUT,
    INTEGRATED_GRADIENTS,
    SMOOTH_GRAD,
    LOSS_GRADIENT,
  ]);
  for (const { algorithm, steps, passed } of check.results) {
    expect(steps.map(({ layer }) => layer)).toEqual(['side', 'dense', 'conv']);
    expect(
      steps.every(
        ({ rankCorrelation, sizeRankCorrelation }) =>
          Math.abs(rankCorrelation) <= 1 && Math.abs(sizeRankCorrelation) <= 1,
      ),
    ).toBe(true);
    expect(
      steps.every(({ rankCorrelation, sizeRankCorrelation }) => rankCorrelation === sizeRankCorrelation),
    ).toBe(UNSIGNED.includes(algorithm));
    expect(passed).toBe(steps.at(-1)!.rankCorrelation < 0.5);
  }
});

it(
  'of the loss gradient is Spearman’s correlation of its values, with signs and without, with the values of a ' +
    'model that has never been trained',
  async () => {
    const { results } = await checked();
    const { world } = platform;
    const { model, weights } = world.runs.get(world.runId)!;
    const engine = Engine.start({ threads: 1 });
    const rows = Array.from({ length: 32 }, (_, i) => Math.floor((i * world.rows) / 32)).filter(
      (row) => row < LABELED_ROWS,
    );
    const n = rows.length;
    const image = float32(
      Float32Array.from(rows.flatMap((row) => [...world.pictures.subarray(row * 64, row * 64 + 64)])),
      [n, 8, 8, 1],
    );
    const target = float32(
      Float32Array.from(rows.flatMap((row) => [0, 1, 2].map((side) => (row % 3 === side ? 1 : 0)))),
      [n, 3],
    );
    const computeMaps = async (values: Weights): Promise<number[][]> => {
      const { program, gradients } = gradientsProgram(model, values, {
        of: 'loss',
        losses: [{ loss: 'categorical_crossentropy' }],
        inputs: true,
      });
      const { data } = (await engine.run(program, { image, 'target:side': target }))[
        gradients.get('image')!
      ]!;
      return rows.map((_, i) => Array.from((data as Float32Array).subarray(i * 64, (i + 1) * 64)));
    };
    const trained = decodeWeights(model.parameters, await platform.store.get(weights));
    const initial = initialWeights(model, 42);
    const half = new Map(
      [...trained].map(([name, values]) => [name, name.startsWith('conv/') ? values : initial.get(name)!]),
    );
    const [of, random, behindConv] = [
      await computeMaps(trained),
      await computeMaps(initial),
      await computeMaps(half),
    ];
    await engine.close();
    const mean = (other: number[][], value: (v: number) => number = (v) => v): number =>
      of.reduce((sum, map, i) => sum + spearman(map.map(value), other[i]!.map(value)), 0) / n;
    const { steps } = results.find(({ algorithm }) => algorithm === LOSS_GRADIENT)!;
    expect(steps.at(-1)!.rankCorrelation).toBeCloseTo(mean(random), 3);
    expect(steps.at(-2)!.rankCorrelation).toBeCloseTo(mean(behindConv), 3);
    expect(steps.at(-1)!.sizeRankCorrelation).toBeCloseTo(mean(random, Math.abs), 3);
    expect(steps.at(-2)!.sizeRankCorrelation).toBeCloseTo(mean(behindConv, Math.abs), 3);
  },
);

it('requested twice is one, and another epoch with the same weights has the same numbers', async () => {
  const [first, again] = [
    await checks().createSanityCheck(request()),
    await checks().createSanityCheck(request({ epoch: 0 })),
  ];
  expect([again.sanityCheck!.id, again.job!.id]).toEqual([first.sanityCheck!.id, first.job!.id]);
  const [one, other] = [await checked(), await checked({ epoch: 5 })];
  expect(other.id).not.toBe(one.id);
  expect(other.results).toEqual(one.results);
  const listed = await checks().listSanityChecks({
    projectId: platform.world.projectId,
    runId: platform.world.runId,
  });
  expect(listed.sanityChecks.map(({ id }) => id)).toEqual(expect.arrayContaining([one.id, other.id]));
  expect(
    (
      await checks().listSanityChecks({
        projectId: platform.world.projectId,
        runId: platform.world.denseRunId,
        pageSize: 1,
      })
    ).sanityChecks,
  ).toEqual([]);
});

it('of a model without positions is of what can be drawn', async () => {
  expect(
    (await checked({ runId: platform.world.denseRunId })).results.map(({ algorithm, steps }) => [
      algorithm,
      steps.length,
    ]),
  ).toEqual([
    [GRADIENT_TIMES_INPUT, 2],
    [INTEGRATED_GRADIENTS, 2],
    [SMOOTH_GRAD, 2],
    [LOSS_GRADIENT, 2],
  ]);
});

it('of weights that are no numbers fails visibly; a cancelled one is whole or not there', async () => {
  const broken = await ended(
    (await checks().createSanityCheck(request({ runId: platform.world.brokenRunId }))).sanityCheck!.id,
  );
  expect(broken).toMatchObject({
    state: JobState.FAILED,
    results: [],
    fault: { reason: 'FEATURE_MAP_NOT_FINITE' },
  });
  const { sanityCheck, job } = await checks().createSanityCheck(request({ epoch: 3 }));
  await platform.client(JobService).cancelJob({ service: 'explanations', jobId: job!.id });
  const stopped = await ended(sanityCheck!.id);
  expect(stopped.results).toHaveLength(stopped.state === JobState.CANCELLED ? 0 : 7);
});

it('RELIABILITY 28: does not exist for another team, nor a run of another project', async () => {
  const { id } = await checked();
  const { projectId } = platform.world;
  const theirs = platform.client(SanityCheckService, { teamId: randomUUID() });
  await expect(theirs.getSanityCheck({ sanityCheckId: id })).rejects.toMatchObject({
    kind: 'not-found',
    reason: 'SANITY_CHECK_NOT_FOUND',
  });
  expect((await theirs.listSanityChecks({ projectId })).sanityChecks).toEqual([]);
  await expect(checks().createSanityCheck(request({ runId: randomUUID() }))).rejects.toMatchObject({
    kind: 'not-found',
  });
  await expect(checks().createSanityCheck(request({ projectId: randomUUID() }))).rejects.toThrow(
    /does not exist in project/,
  );
  await expect(checks().getSanityCheck({ sanityCheckId: 'x' })).rejects.toMatchObject({ kind: 'not-found' });
  await assertRowLevelSecurity(platform.adminUrl, 'explanations');
});
