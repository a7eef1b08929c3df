import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BusMessage, EpochCompleted, JetStreamBus, ProjectDeleted } from '@noema/events';
import { uuidv7 } from '@noema/kernel';
import { freePorts, launchServer, natsServer } from '@noema/local-servers';
import { hasNats } from '@noema/testing';
import { expect, it } from 'vitest';
import { bundledNatsConfig, BUS_USERS } from '../src/bundled-nats.js';
import { newSecrets } from '../src/new-secrets.js';

const message = (event: string, subject: string): BusMessage => ({
  id: uuidv7(),
  teamId: uuidv7(),
  event,
  subject: `${subject}.${uuidv7()}`,
  time: new Date(),
  body: {},
});

it.skipIf(!hasNats())(
  'RELIABILITY 40: the bundled NATS takes each service by its own credentials, with the rights of that ' +
    'service, and no other client',
  async () => {
    const secret = (await newSecrets({ release: 'noema', namespace: 'noema' })).find(
      ({ metadata }) => metadata.name === 'noema-bus',
    )!.stringData;
    const directory = await mkdtemp(join(tmpdir(), 'noema-bundled-nats-'));
    const [port = 0] = await freePorts(1);
    const spec = await natsServer({ port, directory, users: [] });
    await writeFile(join(directory, 'nats.conf'), bundledNatsConfig());
    const server = await launchServer({
      ...spec,
      env: Object.fromEntries(
        BUS_USERS.map((user) => [`NATS_PASSWORD_${user.toUpperCase()}`, secret[`${user}-password`]!]),
      ),
    });
    const buses: JetStreamBus[] = [];
    const openBus = (service: string, credentials: string | undefined): JetStreamBus => {
      const bus = new JetStreamBus({ servers: [`127.0.0.1:${port}`], credentials, service });
      buses.push(bus);
      return bus;
    };
    try {
      for (const [service, event, subject] of [
        ['training', EpochCompleted.name, 'noema.training.v1.epoch_completed'],
        ['workspace', ProjectDeleted.name, 'noema.workspace.v1.project_deleted'],
      ] as const) {
        await openBus(service, secret[`${service}-credentials`]).publish([message(event, subject)]);
      }
      await expect(
        openBus('training', secret['training-credentials']).publish([
          message(ProjectDeleted.name, 'noema.workspace.v1.project_deleted'),
        ]),
      ).rejects.toThrow(/[Pp]ermission/);
      await expect(
        openBus('workspace', `workspace:${secret['training-password']!}`).publish([
          message(ProjectDeleted.name, 'noema.workspace.v1.project_deleted'),
        ]),
      ).rejects.toMatchObject({ kind: 'unavailable' });
      await expect(
        openBus('workspace', undefined).publish([
          message(ProjectDeleted.name, 'noema.workspace.v1.project_deleted'),
        ]),
      ).rejects.toMatchObject({ kind: 'unavailable' });
    } finally {
      await Promise.all(buses.map((bus) => bus.close()));
      await server.stop('SIGKILL');
      await rm(directory, { recursive: true, force: true, maxRetries: 3 });
    }
  },
);
