import { DomainError } from '@noema/kernel';
import { waitFor } from '@noema/testing';
import { describe, expect, it } from 'vitest';
import { create, effect, ended, kind, loseLeases, untilAttempt, useWorks, work } from '../test/harness.js';
import type { ShardContext } from './index.js';

useWorks();

const outage = new DomainError('unavailable', 'STORE_FAILED', 'the artifact store failed at put');
const untilForgotten = (): Promise<never> => new Promise(() => undefined);

/** Loses the worker of an attempt, as if it had been killed. */
async function loseWorker(jobId: string, attempt: number): Promise<void> {
  await untilAttempt(jobId, attempt);
  await loseLeases(jobId);
}

describe('RELIABILITY 34: classes of failure', () => {
  it('are counted apart: an outage of two attempts, then a lost worker, then an error end nothing', async () => {
    const run = (context: ShardContext<Record<string, never>>) => {
      if (context.attempt <= 2) return Promise.reject(outage);
      if (context.attempt === 3) return untilForgotten();
      return context.attempt <= 5 ? Promise.reject(new Error('not yet')) : effect(context);
    };
    const id = await create(1);
    await work([kind(run)], { concurrency: 2, graceMs: 0 });
    await loseWorker(id, 3);
    expect(await ended(id)).toMatchObject({ state: 'succeeded', attempt: 6 });
  });

  it('each end a job by themselves, with the true reason and the counts', async () => {
    const id = await create(1);
    await work([kind((context) => (context.attempt <= 2 ? Promise.reject(outage) : untilForgotten()))], {
      concurrency: 6,
      graceMs: 0,
    });
    for (let attempt = 3; attempt <= 7; attempt++) await loseWorker(id, attempt);
    const { state, fault } = await ended(id);
    expect([state, fault?.reason, fault?.message]).toEqual([
      'failed',
      'WORKER_LOST',
      expect.stringContaining('stopped responding 5 times since the shard last made progress'),
    ]);
    expect(fault?.metadata).toMatchObject({ outages: '2', losses: '5', errors: '0' });
  });

  it('are forgotten once the shard commits progress: a worker lost after each of eight epochs', async () => {
    const epochs = 8;
    let done = 0;
    const id = await create(1);
    await work(
      [
        kind(async (context) => {
          if (done === epochs) return effect(context);
          await context.commit(() => {
            done++;
            return Promise.resolve();
          });
          return untilForgotten();
        }),
      ],
      { concurrency: epochs + 1, graceMs: 0 },
    );
    for (let epoch = 1; epoch <= epochs; epoch++) {
      await waitFor(() => done === epoch);
      await loseWorker(id, epoch);
    }
    expect(await ended(id)).toMatchObject({ state: 'succeeded', attempt: epochs + 1 });
  });
});
