import { subjectOf } from '../event-type.js';

/** A stream, as far as its shape is ours to say. */
export interface StreamSpec {
  readonly name: string;
  readonly subjects: readonly string[];
  /** Age after which messages go, in milliseconds; without it they stay until they are pruned. */
  readonly maxAgeMs?: number;
  /** True for one whose messages go when they are answered. */
  readonly work?: boolean;
}

const DAY_MS = 86_400_000;

/** What consumers gave up, for people and for replays. */
export const DEAD: StreamSpec = { name: 'NOEMA_DLQ', subjects: ['noema.dead.>'], maxAgeMs: 30 * DAY_MS };

/** Dead messages on their second way, each to the one consumer that gave it up. */
export const REPLAY: StreamSpec = { name: 'NOEMA_REPLAY', subjects: ['noema.replay.>'], work: true };

/** The stream of what a service announces. */
export const serviceStream = (service: string): StreamSpec => ({
  name: `NOEMA_${service.toUpperCase().replaceAll('-', '_')}`,
  subjects: [`noema.${service}.v1.>`],
});

export const isServiceStream = (name: string): boolean =>
  name.startsWith('NOEMA_') && name !== DEAD.name && name !== REPLAY.name;

/** Who announces an event `<service>.<Event>`. */
export const serviceOf = ({ event }: { readonly event: string }): string =>
  event.slice(0, event.indexOf('.'));

/** Where one consumer's messages come from: a stream and which of its subjects. */
export interface Source {
  readonly stream: StreamSpec;
  readonly filter: string;
}

export const eventSource = (event: string): Source => ({
  stream: serviceStream(serviceOf({ event })),
  filter: subjectOf(event, '>'),
});
export const replaySource = (consumer: string): Source => ({
  stream: REPLAY,
  filter: replaySubject(consumer, '>'),
});

export const deadSubject = (consumer: string, messageId: string): string =>
  `noema.dead.${consumer}.${messageId}`;
export const replaySubject = (consumer: string, messageId: string): string =>
  `noema.replay.${consumer}.${messageId}`;
