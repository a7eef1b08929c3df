import { connect } from '@nats-io/transport-node';
import { uuidv7 } from '@noema/kernel';
import { hasNats, startNats, type TestNats, waitFor } from '@noema/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  AuditRecorded,
  type BusMessage,
  EpochCompleted,
  JetStreamBus,
  ProjectDeleted,
  servicePermissions,
} from '../index.js';
import { formatSubject } from '../event-type.js';

const SERVICES = ['workspace', 'training', 'activations'];
const makePassword = (service: string): string => `password of ${service}`;

const message = (event: string): BusMessage => ({
  id: uuidv7(),
  teamId: uuidv7(),
  event,
  subject: formatSubject(event, uuidv7()),
  time: new Date(),
  body: {},
});

describe.each(['nats-server', 'nats-server-2.9'])('the rights of services on %s', (program) => {
  describe.skipIf(!hasNats(program))('with a server', () => {
    let nats: TestNats;
    const buses: JetStreamBus[] = [];
    const openBus = (service: string): JetStreamBus => {
      const bus = new JetStreamBus({
        servers: [new URL(nats.url).host],
        credentials: `${service}:${makePassword(service)}`,
        service,
      });
      buses.push(bus);
      return bus;
    };
    beforeAll(async () => {
      nats = await startNats(program, {
        users: SERVICES.map((service) => ({
          user: service,
          password: makePassword(service),
          permissions: servicePermissions(service),
        })),
      });
    });
    afterAll(async () => {
      await Promise.all(buses.map((bus) => bus.close()));
      await nats.stop();
    });

    it('suffice to announce, to consume, to give up, to list, to replay, to prune and to compare', async () => {
      const [training, activations] = [openBus('training'), openBus('activations')];
      const got: string[] = [];
      let refuses = true;
      await activations.subscribe(
        { name: 'activations__epoch_completed', event: EpochCompleted.name, maxDeliveries: 1 },
        async ({ id }) => {
          if (refuses) throw new Error('not yet');
          got.push(id);
        },
      );
      const sent = message(EpochCompleted.name);
      const [mark] = await training.publish([sent]);
      await training.publish([message(AuditRecorded.name)]);
      await waitFor(
        async () => (await activations.deadLetters('activations__epoch_completed')).length === 1,
        { what: 'the message to be given up' },
      );
      refuses = false;
      expect(await activations.replay('activations__epoch_completed')).toBe(1);
      await waitFor(() => got.includes(sent.id));
      expect(await training.standing(mark!)).toMatchObject({ holds: true });
      await waitFor(async () => (await training.prune(0)) > 0, { what: 'the answered message to be pruned' });
      expect(
        await activations.lag([{ name: 'activations__epoch_completed', event: EpochCompleted.name }]),
      ).toMatchObject([{ waiting: 0, dead: 0 }]);
    });

    it('RELIABILITY 40: do not let a service announce what another one announces', async () => {
      await openBus('workspace').publish([message(ProjectDeleted.name)]);
      await expect(openBus('training').publish([message(ProjectDeleted.name)])).rejects.toThrow(
        /[Pp]ermission/,
      );
    });

    it('RELIABILITY 40: do not let a service shape, purge or answer in the place of another one', async () => {
      const nc = await connect({
        servers: nats.url,
        user: 'training',
        pass: makePassword('training'),
        inboxPrefix: '_INBOX.training',
      });
      const refused = async (subject: string): Promise<void> => {
        await expect(nc.request(subject, '{}', { timeout: 2_000 }), subject).rejects.toThrow(/[Pp]ermission/);
      };
      for (const action of ['UPDATE', 'PURGE', 'DELETE'])
        await refused(`$JS.API.STREAM.${action}.NOEMA_WORKSPACE`);
      await refused('$JS.API.CONSUMER.DELETE.NOEMA_TRAINING.activations__epoch_completed');
      await refused('$JS.ACK.NOEMA_TRAINING.activations__epoch_completed.1.1.1.1.1');
      await refused('noema.dead.activations__epoch_completed.x');
      await nc.close();
    });

    it('RELIABILITY 40: do not let a service listen to events and answers past its consumers', async () => {
      const nc = await connect({ servers: nats.url, user: 'training', pass: makePassword('training') });
      for (const subject of ['noema.workspace.>', '>', '_INBOX.>', '_INBOX.activations.>']) {
        const error = await new Promise<Error | null>((resolve) => {
          nc.subscribe(subject, {
            callback: (e) => {
              resolve(e);
            },
          });
        });
        expect(error?.message, subject).toMatch(/[Pp]ermission/);
      }
      await nc.close();
    });

    it('RELIABILITY 33: belong only to clients that authenticate', async () => {
      await expect(connect({ servers: nats.url, reconnect: false })).rejects.toThrow(/[Aa]uthorization/);
      await expect(
        connect({ servers: nats.url, user: 'training', pass: 'another', reconnect: false }),
      ).rejects.toThrow(/[Aa]uthorization/);
    });

    it('RELIABILITY 33: a server that takes anybody is refused, with or without credentials of ours', async () => {
      const open = await startNats(program, { open: true });
      for (const credentials of [undefined, 'training:secret']) {
        const bus = new JetStreamBus({ servers: [new URL(open.url).host], credentials });
        await expect(bus.publish([message(EpochCompleted.name)])).rejects.toMatchObject({
          kind: 'precondition',
          reason: 'BUS_OPEN',
        });
        await bus.close();
      }
      await open.stop();
    });
  });
});
