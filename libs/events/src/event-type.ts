import type { DescMessage, MessageShape } from '@bufbuild/protobuf';

/** A kind of fact that a service announces. */
export interface EventType<S extends DescMessage = DescMessage> {
  /** Full name, such as `datasets.DatasetVersionReady`. */
  readonly name: string;
  readonly schema: S;
  /** Where it is published: `noema.<service>.v1.<event>.<id>`. */
  subject(body: MessageShape<S>): string;
}

/** The subject of an event `<service>.<Event>` about the resource: `noema.<service>.v1.<event>.<id>`. */
export function subjectOf(event: string, id: string): string {
  const [service = '', name = ''] = event.split('.');
  return `noema.${service}.v1.${snake(name)}.${id}`;
}

const snake = (name: string): string => name.replaceAll(/(?<!^)[A-Z]/g, (c) => `_${c}`).toLowerCase();

/** Declares an event; `idOf` names the resource that the fact is about. */
export function eventType<S extends DescMessage>(
  service: string,
  schema: S,
  idOf: (body: MessageShape<S>) => string,
): EventType<S> {
  const name = `${service}.${schema.name}`;
  return { name, schema, subject: (body) => subjectOf(name, idOf(body)) };
}
