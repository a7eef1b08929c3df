import { hasNats, startNats, type TestNats } from '@noema/testing';
import { afterAll, beforeAll, describe } from 'vitest';
import { busUnderTest } from '../../test/nats.js';
import { busContract } from '../bus.contract.js';

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
  });
});
