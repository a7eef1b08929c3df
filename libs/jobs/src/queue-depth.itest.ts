import { randomUUID } from 'node:crypto';
import { waitFor } from '@noema/testing';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import {
  create,
  db,
  effect,
  ended,
  gate,
  held,
  kind,
  store,
  tamper,
  team,
  useWorks,
  work,
} from '../test/harness.js';
import { queueDepth } from './queue-depth.js';

useWorks();

it('counts what waits and what runs by kind, over all teams, and reports how long the oldest has waited', async () => {
  expect(await queueDepth(db)).toEqual([]);
  const { open, opened } = gate();
  const id = await create(3);
  await work([
    kind(async (context) => {
      await opened;
      return effect(context);
    }),
  ]);
  await held(id);
  await create(2, randomUUID());
  await store.create({
    kind: 'works.later',
    teamId: team,
    subjectId: 'thing',
    payload: {},
    delayMs: 3_600_000,
  });
  await tamper(sql`update shard set available_at = now() - interval '90 seconds' where index = 2`);

  const [now, later] = await queueDepth(db);
  expect(now).toMatchObject({ kind: 'works.do', queued: 4, delayed: 0, running: 1 });
  expect(now!.oldestSeconds).toBeGreaterThanOrEqual(90);
  expect(now!.oldestSeconds).toBeLessThan(120);
  expect(later).toEqual({ kind: 'works.later', queued: 0, delayed: 1, running: 0, oldestSeconds: 0 });

  open();
  await ended(id);
  await waitFor(async () => (await queueDepth(db)).every((depth) => depth.kind === 'works.later'), {
    what: 'the queue to be empty but for what is not due',
  });
});
