import { AuditRecorded, catalog } from '../catalog.js';
import { formatSubject } from '../event-type.js';
import {
  DEAD,
  deadSubject,
  eventSource,
  REPLAY,
  replaySource,
  replaySubject,
  parseService,
  serviceStream,
} from './names.js';

/**
 * Subjects to which a NATS user may publish and subscribe: `permissions` in the configuration of the server.
 */
export interface NatsPermissions {
  readonly publish: { readonly allow: readonly string[] };
  readonly subscribe: { readonly allow: readonly string[] };
}

/** Returns the inbox prefix of a user. No other user may subscribe to it. */
export const formatInbox = (user: string): string => `_INBOX.${user}`;

/**
 * Returns the permissions of a service, whose user has its name. It may publish its own events and audit
 * entries, consume every event under its own consumer names, record and replay their dead messages, and
 * configure only its own stream.
 */
export function servicePermissions(service: string): NatsPermissions {
  const own = serviceStream(service).name;
  const shared = [DEAD.name, REPLAY.name];
  const audit = serviceStream(parseService({ event: AuditRecorded.name })).name;
  const streams = [...new Set([own, ...shared, ...catalog.map(({ name }) => eventSource(name).stream.name)])];
  const api = '$JS.API';
  return {
    subscribe: { allow: [`${formatInbox(service)}.>`] },
    publish: {
      allow: [
        `noema.${service}.v1.>`,
        formatSubject(AuditRecorded.name, '>'),
        `${api}.INFO`,
        `${api}.STREAM.INFO.*`,
        ...streams.map((stream) => `${api}.STREAM.CREATE.${stream}`),
        ...[own, ...shared].map((stream) => `${api}.STREAM.UPDATE.${stream}`),
        ...new Set([own, audit, DEAD.name].map((stream) => `${api}.STREAM.MSG.GET.${stream}`)),
        `${api}.STREAM.MSG.DELETE.${DEAD.name}`,
        `${api}.STREAM.PURGE.${own}`,
        `${api}.CONSUMER.LIST.${own}`,
        ...catalog.flatMap(({ name }) => consumerRights(service, name)),
      ],
    },
  };
}

/**
 * Returns the permissions that a service needs to consume an event: its consumer in the stream of the event
 * and in that of replays, and its subject for dead messages.
 */
function consumerRights(service: string, event: string): string[] {
  const consumer = `${service}__${formatSubject(event, '').split('.')[3]!}`;
  return [
    deadSubject(consumer, '>'),
    replaySubject(consumer, '>'),
    ...[eventSource(event), replaySource(consumer)].flatMap(({ stream: { name: stream }, filter }) => [
      `$JS.API.CONSUMER.CREATE.${stream}.${consumer}.${filter}`,
      ...['INFO', 'DELETE', 'MSG.NEXT'].map((action) => `$JS.API.CONSUMER.${action}.${stream}.${consumer}`),
      `$JS.ACK.${stream}.${consumer}.>`,
      `$JS.ACK.*.*.${stream}.${consumer}.>`,
    ]),
  ];
}
