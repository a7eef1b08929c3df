import type { Worker } from 'node:worker_threads';
import { NeighborGraphService } from '@noema/contracts/noema/similarity/v1/neighbor_graph_service';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { SimilarityService } from '@noema/contracts/noema/similarity/v1/similarity_service';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { waitFor } from '@noema/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Planted, type Platform, type Sample, startPlatform } from './platform.js';

const samples: Sample[] = Array.from({ length: 60 }, (_, i) => ({ split: 'training', id: `s${i}`, label: i % 2, ink: i, vector: [i, i % 7, i % 2] }));

/** The threads of the engine that live, and what is done with the next one that starts. */
const threads = new Set<Worker>();
let onThread: ((thread: Worker) => void) | undefined;
const watch = (thread: Worker): void => {
  threads.add(thread);
  thread.once('exit', () => { threads.delete(thread); });
  onThread?.(thread);
  onThread = undefined;
};

let platform: Platform;
let planted: Planted;
beforeAll(async () => {
  process.on('worker', watch);
  platform = await startPlatform();
  planted = await platform.plant(samples);
  await platform.announce(planted, samples);
  const graphs = platform.client(NeighborGraphService, planted.teamId);
  await waitFor(async () => (await graphs.listNeighborGraphs({ projectId: planted.projectId })).neighborGraphs[0]?.state === JobState.SUCCEEDED, { what: 'the graph', timeoutMs: 60_000 });
});
afterAll(async () => {
  process.off('worker', watch);
  await platform.stop();
});

it('RELIABILITY 19: a thread of the engine dies with a question: unavailable; the service lives and the next answer is the same', async () => {
  const similarity = platform.client(SimilarityService, planted.teamId);
  const find = () => similarity.findSimilar({ activationSetId: planted.activationSetId, k: 5, queries: [{ split: Split.TRAINING, sampleId: 's7' }] });
  const before = await find();
  await Promise.all([...threads].map((thread) => thread.terminate()));
  expect(threads.size).toBe(0);
  // It dies with the question in its hands, before it enters the runtime: nobody may end a thread inside.
  let died = false;
  onThread = (thread) => { died = true; void thread.terminate(); };
  await expect(find()).rejects.toMatchObject({ kind: 'unavailable', reason: 'ENGINE_WORKER_DIED' });
  expect(died).toBe(true);
  expect((await find()).similar).toEqual(before.similar);
});
