import { formatSubject } from '../event-type.js';

/** The properties of a stream that this program defines. */
export interface StreamSpec {
  readonly name: string;
  readonly subjects: readonly string[];
  /** Maximum age of messages in milliseconds. Default: messages stay until they are pruned. */
  readonly maxAgeMs?: number;
  /** True for a stream whose messages are deleted once acknowledged. */
  readonly work?: boolean;
}

const DAY_MS = 86_400_000;

/** Dead messages, for operators and for replays. */
export const DEAD: StreamSpec = { name: 'NOEMA_DLQ', subjects: ['noema.dead.>'], maxAgeMs: 30 * DAY_MS };

/** Replayed dead messages, each for the one consumer that failed it. */
export const REPLAY: StreamSpec = { name: 'NOEMA_REPLAY', subjects: ['noema.replay.>'], work: true };

/** Returns the stream of a service's events. */
export const serviceStream = (service: string): StreamSpec => ({
  name: `NOEMA_${service.toUpperCase().replaceAll('-', '_')}`,
  subjects: [`noema.${service}.v1.>`],
});

export const isServiceStream = (name: string): boolean =>
  name.startsWith('NOEMA_') && name !== DEAD.name && name !== REPLAY.name;

/** Returns the service that publishes an event `<service>.<Event>`. */
export const parseService = ({ event }: { readonly event: string }): string =>
  event.slice(0, event.indexOf('.'));

/** Source of one consumer's messages: a stream and some of its subjects. */
export interface Source {
  readonly stream: StreamSpec;
  readonly filter: string;
}

export const eventSource = (event: string): Source => ({
  stream: serviceStream(parseService({ event })),
  filter: formatSubject(event, '>'),
});
export const replaySource = (consumer: string): Source => ({
  stream: REPLAY,
  filter: replaySubject(consumer, '>'),
});

export const deadSubject = (consumer: string, messageId: string): string =>
  `noema.dead.${consumer}.${messageId}`;
export const replaySubject = (consumer: string, messageId: string): string =>
  `noema.replay.${consumer}.${messageId}`;
