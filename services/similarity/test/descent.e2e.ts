import { readMatrix } from '@noema/artifacts';
import { parseArtifactRef } from '@noema/contracts';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { JobService } from '@noema/contracts/noema/jobs/v1/job_service';
import { NeighborMethod } from '@noema/contracts/noema/similarity/v1/neighbor_graph';
import { NeighborGraphService } from '@noema/contracts/noema/similarity/v1/neighbor_graph_service';
import { seededRandom } from '@noema/kernel';
import { exactNeighbors, points } from '@noema/manifold';
import { waitFor } from '@noema/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Platform, type Planted, type Sample, startPlatform } from './platform.js';

const N = 1_500;
const D = 6;
const random = seededRandom(3);
const samples: Sample[] = Array.from({ length: N }, (_, i) => ({
  split: 'training',
  id: `s${i}`,
  label: i % 3,
  ink: i,
  vector: Array.from({ length: D }, (_, c) => (c === i % 3 ? 4 : 0) + random()),
}));
const few = samples.slice(0, 900);

let platform: Platform;
const waitForGraph = async (planted: Planted) =>
  waitFor(
    async () => {
      const {
        neighborGraphs: [graph],
      } = await platform
        .client(NeighborGraphService, planted.teamId)
        .listNeighborGraphs({ projectId: planted.projectId });
      return graph?.state === JobState.SUCCEEDED ? graph : undefined;
    },
    { what: 'the graph', timeoutMs: 120_000 },
  );
beforeAll(async () => {
  platform = await startPlatform({ NOEMA_GRAPH_EXACT_UP_TO: '1000' });
});
afterAll(() => platform.stop());

it('a population beyond the limit gets its graph by NN-descent in one part, and the graph states the ' +
  'recall that it has', async () => {
  const planted = await platform.plant(samples);
  await platform.announce(planted, samples);
  const graph = await waitForGraph(planted);
  const file = readMatrix(await platform.store.get(parseArtifactRef(graph.artifact, 'artifact')));
  const oracle = exactNeighbors(points(Float32Array.from(samples.flatMap(({ vector }) => vector)), D), 24);
  const found = file.int32('indices').data;
  let hits = 0;
  for (let i = 0; i < N; i++) {
    const own = new Set(oracle.indices.subarray(i * 24, (i + 1) * 24));
    hits += found.subarray(i * 24, (i + 1) * 24).filter((j) => own.has(j)).length;
  }
  expect(graph).toMatchObject({ method: NeighborMethod.NN_DESCENT, k: 24, sampleCount: N });
  expect(graph.recall).toBeGreaterThan(0.95);
  expect(Math.abs(graph.recall - hits / (24 * N))).toBeLessThan(0.02);
  const { job } = await platform
    .client(JobService, planted.teamId)
    .getJob({ service: 'similarity', jobId: graph.jobId });
  expect(job!.shards).toMatchObject({ done: 1 });
}, 180_000);

it('one within the limit has all pairs compared', async () => {
  const planted = await platform.plant(few);
  await platform.announce(planted, few);
  expect(await waitForGraph(planted)).toMatchObject({ method: NeighborMethod.EXACT, recall: 1 });
}, 180_000);
