import { AuditRecorded, catalog } from '../catalog.js';
import { subjectOf } from '../event-type.js';
import {
  DEAD,
  deadSubject,
  eventSource,
  REPLAY,
  replaySource,
  replaySubject,
  serviceOf,
  serviceStream,
} from './names.js';

/** What a user of NATS may publish and subscribe to; its `permissions` in the configuration of the server. */
export interface NatsPermissions {
  readonly publish: { readonly allow: readonly string[] };
  readonly subscribe: { readonly allow: readonly string[] };
}

/** Where answers to a user arrive; no other user may listen there. */
export const inboxOf = (user: string): string => `_INBOX.${user}`;

/**
 * The rights of a service, whose user has its name: it announces its own events and entries of the audit log,
 * consumes every event under consumers of its own name, writes down and replays what those gave up, and
 * shapes its own stream only.
 */
export function servicePermissions(service: string): NatsPermissions {
  const own = serviceStream(service).name;
  const shared = [DEAD.name, REPLAY.name];
  const audit = serviceStream(serviceOf({ event: AuditRecorded.name })).name;
  const streams = [...new Set([own, ...shared, ...catalog.map(({ name }) => eventSource(name).stream.name)])];
  const api = '$JS.API';
  return {
    subscribe: { allow: [`${inboxOf(service)}.>`] },
    publish: {
      allow: [
        `noema.${service}.v1.>`,
        subjectOf(AuditRecorded.name, '>'),
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
 * What a service needs to consume an event: its consumer in the stream of the event and in that of replays,
 * and a place for what it gives up.
 */
function consumerRights(service: string, event: string): string[] {
  const consumer = `${service}__${subjectOf(event, '').split('.')[3]!}`;
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
