import { catalog, type DeadLetter } from '@noema/events';
import type { Host } from '../host.js';
import type { ServiceCommand } from './service-command.js';

const snake = (name: string): string => name.replaceAll(/(?<!^)[A-Z]/g, (c) => `_${c}`).toLowerCase();
/** Returns the possible names of the service's consumers. Names that do not exist have no dead letters. */
const listConsumers = ({ name }: Host): string[] =>
  catalog.map((event) => `${name}__${snake(event.name.split('.')[1]!)}`);

const described =
  (consumer: string) =>
  ({ message, deliveries, error }: DeadLetter): object => ({
    consumer,
    messageId: message.id,
    teamId: message.teamId,
    event: message.event,
    subject: message.subject,
    time: message.time.toISOString(),
    deliveries,
    error,
    body: message.body,
  });

export const listDeadLetters: ServiceCommand = {
  key: 'list-dead-letters',
  doc: 'prints the events that consumers of the service gave up, each with the reason',
  options: {},
  run: async ({ host }) => {
    const found = await Promise.all(
      listConsumers(host).map(async (consumer) =>
        (await host.bus().deadLetters(consumer)).map(described(consumer)),
      ),
    );
    return { result: { deadLetters: found.flat() }, sound: true };
  },
};

export const replayDeadLetters: ServiceCommand = {
  key: 'replay-dead-letters',
  doc: 'delivers events again that were given up; cure the reason first',
  options: {
    consumer: {
      required: true,
      value: 'NAME',
      doc: 'consumer that gave them up, such as similarity__activation_set_ready',
    },
    message: { value: 'UUID', doc: 'only this one; all of the consumer without it' },
  },
  run: async ({ host }, { consumer = '', message }) => ({
    result: { replayed: await host.bus().replay(consumer, message) },
    sound: true,
  }),
};
