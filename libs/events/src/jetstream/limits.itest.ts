import { AckPolicy, DeliverPolicy } from '@nats-io/jetstream';
import { waitFor } from '@noema/testing';
import { describe, expect, it } from 'vitest';
import { NoteWritten } from '../../test/notes.js';
import {
  bus,
  collect,
  db,
  noServer,
  operator,
  useNotesOnNats,
  waiting,
  write,
} from '../../test/notes-on-nats.js';
import { formatSubject } from '../event-type.js';
import { consume, OutboxRelay } from '../index.js';

const STREAM = 'NOEMA_NOTES';

describe.skipIf(noServer)('limits of JetStream', () => {
  useNotesOnNats();

  const held = async (
    consumer: string,
  ): Promise<{ readonly got: string[]; readonly release: () => void }> => {
    let release = () => undefined as void;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const got: string[] = [];
    await consume(bus, db, {
      consumer,
      event: NoteWritten,
      handler: async (body) => {
        await gate;
        got.push(body.value);
      },
    });
    return {
      got,
      release: () => {
        release();
      },
    };
  };
  const info = () => operator.jsm.consumers.info(STREAM, 'slow__note_written');

  it('RELIABILITY 13: a full stream refuses, the outbox keeps; what was answered makes room', async () => {
    const relay = new OutboxRelay({ db, bus, batch: 1 });
    const { got, release } = await held('slow__note_written');
    await waitFor(() => info().catch(() => undefined));
    await operator.jsm.streams.update(STREAM, { max_msgs: 3 });
    for (const text of ['a', 'b', 'c', 'd', 'e']) await write(text);
    for (const _ of ['a', 'b', 'c']) expect(await relay.relay()).toBe(1);
    await expect(relay.relay()).rejects.toMatchObject({ kind: 'exhausted', reason: 'BUS_FULL' });
    expect(await waiting()).toBe(2);
    release();
    await waitFor(async () => (await info()).num_ack_pending === 0 && got.length === 3);
    for (const _ of ['d', 'e']) expect(await relay.relay()).toBe(1);
    await waitFor(() => got.length === 5);
    expect(got).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('RELIABILITY 14: a slow consumer holds one message; the others stay with the server', async () => {
    const { got, release } = await held('slow__note_written');
    for (let i = 0; i < 100; i++) await write(String(i));
    const relay = new OutboxRelay({ db, bus });
    await relay.relay();
    await waitFor(async () => (await info().catch(() => undefined))?.num_ack_pending === 1);
    expect(await info()).toMatchObject({
      num_ack_pending: 1,
      num_pending: 99,
      delivered: { consumer_seq: 1 },
    });
    release();
    await waitFor(() => got.length === 100);
    expect(got).toEqual(Array.from({ length: 100 }, (_, i) => String(i)));
  });

  it('RELIABILITY 12: what another setting of the consumer hid from us is found and delivered', async () => {
    const relay = new OutboxRelay({ db, bus });
    await write('hidden');
    await relay.relay();
    // As an older installation, or an operator by hand, would have made it: the only delivery is not
    // answered, and no consumer notices.
    await operator.jsm.consumers.add(STREAM, {
      durable_name: 'reader__note_written',
      ack_policy: AckPolicy.Explicit,
      deliver_policy: DeliverPolicy.All,
      filter_subject: formatSubject(NoteWritten.name, '>'),
      max_deliver: 1,
      ack_wait: 50e6,
    });
    const theirs = await operator.jsm.jetstream().consumers.get(STREAM, 'reader__note_written');
    expect(await theirs.next({ expires: 10_000 })).not.toBeNull();
    await waitFor(
      async () =>
        (await theirs.next({ expires: 1_000 })) === null && (await theirs.info()).num_ack_pending === 0,
      { what: 'the server to hide the message' },
    );
    expect((await theirs.info()).num_pending).toBe(0);
    const got = await collect();
    await waitFor(() => got.length === 1);
  });

  it('keeps what somebody waits for, and removes the rest when it is old enough', async () => {
    const relay = new OutboxRelay({ db, bus });
    const { release } = await held('slow__note_written');
    const quick = await collect('quick__note_written');
    for (const text of ['a', 'b', 'c']) await write(text);
    await relay.relay();
    await waitFor(() => quick.length === 3);
    expect(await bus.prune(0)).toBe(0);
    release();
    await waitFor(async () => {
      await bus.prune(0);
      return (await operator.jsm.streams.info(STREAM)).state.messages === 0;
    });
    await write('young');
    await relay.relay();
    await waitFor(() => quick.length === 4);
    expect(await bus.prune(1)).toBe(0);
    expect((await operator.jsm.streams.info(STREAM)).state.messages).toBe(1);
  });
});
