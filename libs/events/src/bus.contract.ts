import { randomUUID } from 'node:crypto';
import { DomainError } from '@noema/kernel';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Bus, BusMessage } from './bus.js';

/** Parts of an adapter that the suite needs. */
export interface BusUnderTest {
  readonly bus: Bus;
  /** Another client of the same bus, as another process would be. */
  other(): Bus;
  /** Makes the bus forget the ids that it deduplicates by, as the end of its window does. */
  forgetIds?(): Promise<void>;
  close(): Promise<void>;
}

const until = async (condition: () => boolean): Promise<void> => {
  const end = performance.now() + 60_000;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`did not come true: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

/** The law of every bus adapter. `make` gives a bus of its own to each test. */
export function busContract(name: string, make: () => Promise<BusUnderTest>): void {
  describe(`bus contract: ${name}`, () => {
    let under: BusUnderTest;
    let bus: Bus;
    const message = (n: number, over: Partial<BusMessage> = {}): BusMessage => ({
      id: randomUUID(),
      teamId: randomUUID(),
      event: 'test.Thing',
      subject: `noema.test.v1.thing.${n}`,
      time: new Date(0),
      body: { n },
      ...over,
    });
    const collect = async (consumer: string, from: Bus = bus): Promise<BusMessage[]> => {
      const got: BusMessage[] = [];
      await from.subscribe({ name: consumer, event: 'test.Thing' }, (m) => {
        got.push(m);
        return Promise.resolve();
      });
      return got;
    };

    beforeEach(async () => {
      under = await make();
      bus = under.bus;
    });
    afterEach(() => under.close());

    it('delivers every message, unchanged, once to each consumer, in order', async () => {
      const [one, two] = [await collect('a__thing'), await collect('b__thing')];
      const sent = [
        message(1, { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' }),
        message(2),
        message(3),
      ];
      await bus.publish(sent);
      await until(() => one.length === 3 && two.length === 3);
      expect(one).toEqual(sent);
      expect(two).toEqual(sent);
    });

    it('gives a late consumer what came before, and a returning one what it missed', async () => {
      await bus.publish([message(1)]);
      const got: unknown[] = [];
      const first = await bus.subscribe({ name: 'late__thing', event: 'test.Thing' }, (m) => {
        got.push(m.body);
        return Promise.resolve();
      });
      await until(() => got.length === 1);
      await first.stop();
      await bus.publish([message(2)]);
      await bus.subscribe({ name: 'late__thing', event: 'test.Thing' }, (m) => {
        got.push(m.body);
        return Promise.resolve();
      });
      await until(() => got.length === 2);
      expect(got).toEqual([{ n: 1 }, { n: 2 }]);
    });

    it('keeps events apart', async () => {
      const got = await collect('c__thing');
      await bus.publish([message(1, { event: 'test.Other', subject: 'noema.test.v1.other.1' }), message(2)]);
      await until(() => got.length > 0);
      expect(got.map((m) => m.body)).toEqual([{ n: 2 }]);
    });

    it('shares the messages of one consumer between processes', async () => {
      const seen: unknown[] = [];
      const handler = (m: BusMessage) => {
        seen.push(m.body);
        return Promise.resolve();
      };
      await bus.subscribe({ name: 'shared__thing', event: 'test.Thing' }, handler);
      await under.other().subscribe({ name: 'shared__thing', event: 'test.Thing' }, handler);
      await bus.publish(Array.from({ length: 40 }, (_, n) => message(n)));
      await until(() => seen.length >= 40);
      expect(new Set(seen.map((b) => JSON.stringify(b))).size).toBe(40);
      expect(seen).toHaveLength(40);
    });

    it('RELIABILITY 3: the same id published twice is delivered once', async () => {
      const got = await collect('d__thing');
      const twice = message(1);
      await bus.publish([twice]);
      await bus.publish([twice, message(2)]);
      await until(() => got.length >= 2);
      expect(got.map((m) => m.body)).toEqual([{ n: 1 }, { n: 2 }]);
    });

    it('takes the same id anew when it forgot it, and loses nothing', async () => {
      if (under.forgetIds === undefined) return;
      const got = await collect('k__thing');
      const twice = message(1);
      await bus.publish([twice]);
      await until(() => got.length === 1);
      await under.forgetIds();
      await bus.publish([twice, message(2)]);
      await until(() => got.some((m) => (m.body as { n: number }).n === 2));
      expect(got.map((m) => m.body)).toEqual([{ n: 1 }, { n: 1 }, { n: 2 }]);
    });

    it('delivers again what failed, and serves the others meanwhile', async () => {
      const seen: string[] = [];
      await bus.subscribe({ name: 'e__thing', event: 'test.Thing' }, (m, delivery) => {
        seen.push(`${JSON.stringify(m.body)}#${delivery}`);
        return delivery === 1 && seen.length === 1 ? Promise.reject(new Error('not now')) : Promise.resolve();
      });
      await bus.publish([message(1), message(2)]);
      await until(() => seen.length === 3);
      expect(seen[0]).toBe('{"n":1}#1');
      expect([...seen].sort()).toEqual(['{"n":1}#1', '{"n":1}#2', '{"n":2}#1']);
    });

    it(
      'RELIABILITY 12: a poison message is dead with its reason after the last delivery, the queue goes ' +
        'on, and it can be replayed',
      async () => {
        let poisonous = true;
        const done: unknown[] = [];
        const spec = { name: 'f__thing', event: 'test.Thing', maxDeliveries: 3 };
        let tries = 0;
        await bus.subscribe(spec, (m) => {
          if (poisonous && (m.body as { n: number }).n === 1) {
            tries++;
            return Promise.reject(new Error('bad seed'));
          }
          done.push(m.body);
          return Promise.resolve();
        });
        await bus.publish([message(1), message(2)]);
        await until(() => done.length === 1 && tries === 3);
        let dead = await bus.deadLetters('f__thing');
        while (dead.length === 0) dead = await bus.deadLetters('f__thing');
        expect(dead).toMatchObject([{ deliveries: 3, message: { body: { n: 1 } } }]);
        expect(dead[0]!.error).toContain('bad seed');
        poisonous = false;
        expect(await bus.replay('f__thing', dead[0]!.message.id)).toBe(1);
        await until(() => done.length === 2);
        expect(await bus.deadLetters('f__thing')).toEqual([]);
      },
    );

    it('gives up at once when repeating cannot help', async () => {
      let tries = 0;
      await bus.subscribe({ name: 'g__thing', event: 'test.Thing' }, () => {
        tries++;
        return Promise.reject(new DomainError('invalid', 'NO', 'never'));
      });
      await bus.publish([message(1)]);
      let dead = await bus.deadLetters('g__thing');
      while (dead.length === 0) dead = await bus.deadLetters('g__thing');
      expect(tries).toBe(1);
    });

    it('answers, and reports how far each consumer is behind', async () => {
      let release = () => undefined as void;
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      const spec = { name: 'lag__thing', event: 'test.Thing' };
      await bus.subscribe(spec, (m) =>
        (m.body as { n: number }).n === 1 ? Promise.reject(new DomainError('invalid', 'NO', 'never')) : held,
      );
      await bus.publish([message(1), message(2), message(3)]);
      let [lag, unknown] = await bus.lag([spec, { name: 'nobody__thing', event: 'test.Nothing' }]);
      while (lag?.dead !== 1 || lag.waiting !== 2)
        [lag, unknown] = await bus.lag([spec, { name: 'nobody__thing', event: 'test.Nothing' }]);
      expect(lag).toEqual({ consumer: 'lag__thing', waiting: 2, dead: 1 });
      expect(unknown).toEqual({ consumer: 'nobody__thing', waiting: 0, dead: 0 });
      release();
      while (lag?.waiting !== 0) [lag] = await bus.lag([spec]);
      await bus.ping();
    });

    it('delivers again what its consumer never answered', async () => {
      let release = () => undefined as void;
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      let taken = 0;
      const spec = { name: 'h__thing', event: 'test.Thing', ackWaitMs: 100 };
      await bus.subscribe(spec, async () => {
        taken++;
        await held;
      });
      await bus.publish([message(1)]);
      await until(() => taken === 1);
      const again: number[] = [];
      await under.other().subscribe(spec, (_m, delivery) => {
        again.push(delivery);
        return Promise.resolve();
      });
      await until(() => again.length === 1);
      expect(again).toEqual([2]);
      release();
    });

    it('does not repeat a delivery while its work is alive', async () => {
      let release = () => undefined as void;
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      let asked = 0;
      const deliveries: string[] = [];
      const spec = {
        name: 'i__thing',
        event: 'test.Thing',
        ackWaitMs: 4_500,
        alive: () => {
          asked++;
          return Promise.resolve();
        },
      };
      const handler = async (m: BusMessage, delivery: number) => {
        deliveries.push(`${JSON.stringify(m.body)}#${delivery}`);
        await held;
      };
      await bus.subscribe(spec, handler);
      await bus.publish([message(1)]);
      await until(() => deliveries.length === 1);
      await under.other().subscribe(spec, handler);
      await until(() => asked >= 4); // 6 s: longer than it could have been silent
      expect(deliveries).toEqual(['{"n":1}#1']);
      release();
    });
  });
}
