import { waitFor } from '@noema/testing';
import { describe, expect, it } from 'vitest';
import { busOn, deleteStream, forgetIds } from '../../test/nats.js';
import { NoteWritten } from '../../test/notes.js';
import {
  bus,
  collect,
  db,
  ending,
  nats,
  noServer,
  operator,
  outbox,
  relaying,
  team,
  useNotesOnNats,
  waiting,
  write,
} from '../../test/notes-on-nats.js';
import type { Bus, BusMessage } from '../bus.js';
import { BusKeeper, consume, OutboxRelay } from '../index.js';

describe.skipIf(noServer)('outbox and inbox on JetStream', () => {
  useNotesOnNats();

  const keeping = (wake = (): void => undefined): BusKeeper =>
    ending(new BusKeeper({ db, bus, wake, everyMs: 50 }).start());

  it('RELIABILITY 3: outside of the dedupe window the inbox makes a second delivery do nothing', async () => {
    const got = await collect();
    const relay = new OutboxRelay({ db, bus });
    await write('once');
    await relay.relay();
    await waitFor(() => got.length === 1);
    await forgetIds(operator, 'NOEMA_NOTES', 'noema.notes.v1.probe');
    expect(await relay.republish(new Date(0))).toBe(1);
    await write('next');
    await relay.relay();
    await waitFor(() => got.includes('next'));
    expect(
      (await operator.jsm.consumers.info('NOEMA_NOTES', 'reader__note_written')).delivered.consumer_seq,
    ).toBe(3);
    expect(got).toEqual(['once', 'next']);
  });

  it(
    'RELIABILITY 4: while the server is down the service accepts and publishing fails at once; it is ' +
      'announced after recovery',
    async () => {
      const got = await collect();
      await relaying();
      await write('before');
      await waitFor(() => got.length === 1);
      // It is heard before it is marked.
      await waitFor(async () => (await waiting()) === 0);
      await nats.kill();
      await write('patient');
      const publish = () =>
        bus.publish([
          {
            id: team,
            teamId: team,
            event: NoteWritten.name,
            subject: 'noema.notes.v1.note_written.x',
            time: new Date(0),
            body: 'x',
          },
        ]);
      await waitFor(() =>
        publish().catch((error: unknown) =>
          (error as { message: string }).message.includes('connection was lost'),
        ),
      );
      // Said without a request to the server, which would time out instead.
      await expect(publish()).rejects.toMatchObject({
        kind: 'unavailable',
        reason: 'BUS_UNAVAILABLE',
        message: expect.stringContaining('the connection was lost') as string,
      });
      expect(await waiting()).toBe(1);
      await nats.start();
      await waitFor(() => got.length === 2);
      expect(got).toEqual(['before', 'patient']);
      await waitFor(async () => (await waiting()) === 0);
    },
  );

  it('RELIABILITY 4: a service starts while the server is away, and hears and announces once it is back', async () => {
    await nats.kill();
    const early = busOn(nats);
    ending({ stop: () => early.close() });
    const got = await collect('early__note_written', early);
    ending(await new OutboxRelay({ db, bus: early, pollMs: 50 }).start());
    await write('first');
    await expect(early.publish([])).rejects.toMatchObject({ kind: 'unavailable', reason: 'BUS_UNAVAILABLE' });
    expect(await waiting()).toBe(1);
    await nats.start();
    await waitFor(() => got.length === 1);
  });

  it('RELIABILITY 5: a server that lost everything gets it again from Postgres; effects stay single, late ' +
    'consumers get all', async () => {
    const relay = await relaying();
    keeping(() => {
      relay.wake();
    });
    const got = await collect();
    await write('a');
    await write('b');
    await waitFor(() => got.length === 2);
    await nats.kill();
    await write('c');
    await nats.start(true);
    await waitFor(() => got.includes('c'), { timeoutMs: 60_000 });
    const late = await collect('late__note_written');
    await waitFor(() => late.length === 3, {
      what: 'a late consumer to get what was published before the loss',
      timeoutMs: 60_000,
    });
    expect([...late].sort()).toEqual(['a', 'b', 'c']);
    expect(got).toEqual(['a', 'b', 'c']);
  }, 150_000);

  it('RELIABILITY 5: what was confirmed and not yet heard when the data were lost is heard', async () => {
    const relay = new OutboxRelay({ db, bus });
    const keeper = new BusKeeper({ db, bus });
    await keeper.look();
    await write('unheard');
    await relay.relay();
    await nats.kill();
    await nats.start(true);
    const got = await collect();
    expect(await waitFor(() => keeper.look().catch(() => 0))).toBe(1);
    expect(await relay.relay()).toBe(1);
    await waitFor(() => got.length === 1);
    expect(await keeper.look()).toBe(0);
  });

  it('RELIABILITY 5: a stream whose end was lost is recognized by the missing message', async () => {
    const relay = new OutboxRelay({ db, bus });
    const keeper = new BusKeeper({ db, bus });
    await keeper.look();
    for (const text of ['a', 'b']) await write(text);
    await relay.relay();
    expect(await keeper.look()).toBe(0);
    await operator.jsm.streams.deleteMessage('NOEMA_NOTES', 2);
    expect(await keeper.look()).toBe(2);
    expect(await keeper.look()).toBe(0);
  });

  it('RELIABILITY 5: deliveries that failed before the loss still count', async () => {
    const relay = new OutboxRelay({ db, bus });
    const keeper = new BusKeeper({ db, bus });
    await keeper.look();
    let tries = 0;
    await consume(bus, db, {
      consumer: 'poisoned__note_written',
      event: NoteWritten,
      maxDeliveries: 3,
      handler: () => {
        tries++;
        return Promise.reject(new Error('bad seed'));
      },
    });
    await write('poison');
    await relay.relay();
    const dead = () =>
      waitFor(async () => (await bus.deadLetters('poisoned__note_written').catch(() => []))[0]);
    await dead();
    expect(tries).toBe(3);
    await nats.kill();
    await nats.start(true);
    await waitFor(() => keeper.look().catch(() => 0));
    await relay.relay();
    expect((await dead()).error).toMatch(
      /has failed .* in 3 deliveries, the last time with: Error: bad seed/,
    );
    expect(tries).toBe(3);
    expect(await bus.replay('poisoned__note_written')).toBe(1);
    await waitFor(() => tries === 6, { what: 'a replay to count from the beginning' });
  });

  it('RELIABILITY 23: a relay that dies between publish and mark leaves no duplicate', async () => {
    const got = await collect();
    const dies: Bus = Object.assign(Object.create(bus) as Bus, {
      publish: async (m: readonly BusMessage[]) => {
        await bus.publish(m);
        throw new Error('killed');
      },
    });
    await write('a');
    await expect(new OutboxRelay({ db, bus: dies }).relay()).rejects.toThrow('killed');
    expect(await waiting()).toBe(1);
    expect(await new OutboxRelay({ db, bus }).relay()).toBe(1);
    await write('b');
    await new OutboxRelay({ db, bus }).relay();
    await waitFor(() => got.includes('b'));
    expect(got).toEqual(['a', 'b']);
    expect((await operator.jsm.streams.info('NOEMA_NOTES')).state.messages).toBe(2);
  });

  it('RELIABILITY 24: two relays publish each row once, two keepers find a loss once', async () => {
    const keepers = [1, 2].map(() => new BusKeeper({ db, bus }));
    await keepers[0]!.look();
    await db.run(team, async () => {
      for (let i = 0; i < 50; i++) await outbox.publish(NoteWritten, { value: String(i) });
    });
    const published: string[] = [];
    const counting: Bus = Object.assign(Object.create(bus) as Bus, {
      publish: (m: readonly BusMessage[]) => {
        published.push(...m.map((x) => x.id));
        return bus.publish(m);
      },
    });
    const relays = [1, 2].map(() => new OutboxRelay({ db, bus: counting, batch: 5 }));
    await Promise.all(relays.map((relay) => relay.start()));
    await waitFor(async () => (await waiting()) === 0);
    await Promise.all(relays.map((relay) => relay.stop()));
    expect(new Set(published).size).toBe(50);
    expect(published).toHaveLength(50);
    await deleteStream(operator, 'NOEMA_NOTES');
    expect((await Promise.all(keepers.map((keeper) => keeper.look()))).sort()).toEqual([0, 50]);
  });
});
