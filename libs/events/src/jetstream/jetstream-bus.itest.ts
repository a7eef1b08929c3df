import { hasNats, startNats, type TestNats } from '@noema/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { busUnderTest, deleteStream, operate, type Operator } from '../../test/nats.js';
import { busContract } from '../bus.contract.js';
import { Topology } from './topology.js';

/** A current server, and the one of Debian 12, which is the oldest that we work with. */
describe.each(['nats-server', 'nats-server-2.9'])('on %s', (program) => {
  describe.skipIf(!hasNats(program))('with a server', () => {
    let nats: TestNats;
    beforeAll(async () => {
      nats = await startNats(program);
    });
    afterAll(async () => {
      await nats.stop();
    });
    busContract(`jetstream on ${program}`, () => busUnderTest(nats));

    it('two programs that make the same stream at once both have it', async () => {
      const operators = [await operate(nats), await operate(nats)];
      // nats-server 2.9 refuses one of them in about 1 of 125 rounds.
      for (let round = 0; round < 800; round++) {
        const spec = { name: `NOEMA_RACE_${round}`, subjects: [`noema.race.${round}.>`] };
        const make = ({ jsm }: Operator) => new Topology({ dedupeMs: 60_000, replicas: 1 }).stream(jsm, spec);
        const [one, other] = await Promise.all(operators.map(make));
        expect(one).toBe(other);
        if (round > 0) await deleteStream(operators[0]!, `NOEMA_RACE_${round - 1}`);
      }
      for (const { nc } of operators) await nc.close();
    });
  });
});
