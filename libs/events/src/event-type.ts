import type { DescMessage, MessageShape } from '@bufbuild/protobuf';

/** A type of event that a service publishes. */
export interface EventType<S extends DescMessage = DescMessage> {
  /** Full name, such as `datasets.DatasetVersionReady`. */
  readonly name: string;
  readonly schema: S;
  /** Returns the subject: `noema.<service>.v1.<event>.<id>`. */
  subject(body: MessageShape<S>): string;
}

/**
 * Returns the subject of an event `<service>.<Event>` about a resource: `noema.<service>.v1.<event>.<id>`.
 */
export function formatSubject(event: string, id: string): string {
  const [service = '', name = ''] = event.split('.');
  return `noema.${service}.v1.${snake(name)}.${id}`;
}

const snake = (name: string): string => name.replaceAll(/(?<!^)[A-Z]/g, (c) => `_${c}`).toLowerCase();

/** Declares an event. `readId` returns the id of the resource that the event is about. */
export function eventType<S extends DescMessage>(
  service: string,
  schema: S,
  readId: (body: MessageShape<S>) => string,
): EventType<S> {
  const name = `${service}.${schema.name}`;
  return { name, schema, subject: (body) => formatSubject(name, readId(body)) };
}
