import type { NextMsgRequest, SeqMsgRequest, StoredMsg } from '@nats-io/jetstream';
import type { BusMessage, DeadLetter } from '../bus.js';
import { isMessageMissing } from './jetstream.errors.js';
import { toData, toHeaders } from './message.codec.js';
import { DEAD, deadSubject, REPLAY, replaySubject } from './names.js';
import type { Linked, NatsLink } from './nats-link.js';
import type { Topology } from './topology.js';

/** A dead message as stored in its stream. */
interface DeadRecord extends Omit<DeadLetter, 'message'> {
  readonly message: Omit<BusMessage, 'time'> & { readonly time: string };
}

/** Maximum length of an error text that is stored. A handler may throw a text of any size. */
const MAX_ERROR = 8_192;

/** Dead messages. They have a separate stream, so that they survive a full or lost stream of events. */
export class DeadLetters {
  constructor(
    private readonly link: NatsLink,
    private readonly topology: Topology,
  ) {}

  /** Resolves when the message is durable. `incident` is the same if the same failure is recorded again. */
  async add(consumer: string, { message, deliveries, error }: DeadLetter, incident: string): Promise<void> {
    const { js } = await this.linked();
    const record = JSON.stringify({ message, deliveries, error: error.slice(0, MAX_ERROR) });
    await js.publish(deadSubject(consumer, message.id), record, { msgID: `${consumer}:${incident}` });
  }

  async list(consumer: string): Promise<DeadLetter[]> {
    const newest = new Map<string, DeadLetter>();
    for await (const { letter } of this.stored(consumer, '>')) newest.set(letter.message.id, letter);
    return [...newest.values()];
  }

  /** Sends all dead messages, or one, to their consumer again and removes them. Returns their number. */
  async replay(consumer: string, messageId?: string): Promise<number> {
    const { js, jsm } = await this.linked();
    await this.topology.stream(jsm, REPLAY);
    const replayed = new Set<string>();
    for await (const {
      letter: { message },
      seq,
    } of this.stored(consumer, messageId ?? '>')) {
      if (!replayed.has(message.id)) {
        await js.publish(replaySubject(consumer, message.id), toData(message), {
          headers: toHeaders({ ...message, replayed: true }),
          msgID: `${consumer}:replay:${seq}`,
        });
        replayed.add(message.id);
      }
      await jsm.streams.deleteMessage(DEAD.name, seq);
    }
    return replayed.size;
  }

  private async linked(): Promise<Linked> {
    const linked = await this.link.need();
    await this.topology.stream(linked.jsm, DEAD);
    return linked;
  }

  private async *stored(
    consumer: string,
    messageId: string,
  ): AsyncGenerator<{ readonly letter: DeadLetter; readonly seq: number }> {
    const { jsm } = await this.linked();
    for (let seq = 1; ; seq++) {
      const next: SeqMsgRequest & NextMsgRequest = { seq, next_by_subj: deadSubject(consumer, messageId) };
      const stored = await jsm.streams.getMessage(DEAD.name, next).catch(orNone);
      if (stored === null) return;
      seq = stored.seq;
      yield { letter: toLetter(stored), seq };
    }
  }
}

function orNone(error: unknown): null {
  if (isMessageMissing(error)) return null;
  throw error;
}

function toLetter(stored: StoredMsg): DeadLetter {
  const { message, ...rest } = stored.json<DeadRecord>();
  return { ...rest, message: { ...message, time: new Date(message.time) } };
}
