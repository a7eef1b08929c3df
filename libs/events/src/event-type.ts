import type { DescMessage, MessageShape } from '@bufbuild/protobuf';

/** A kind of fact that a service announces. */
export interface EventType<S extends DescMessage = DescMessage> {
  /** Full name, such as `datasets.DatasetVersionReady`. */
  readonly name: string;
  readonly schema: S;
  /** Where it is published: `noema.<service>.v1.<event>.<id>`. */
  subject(body: MessageShape<S>): string;
}

const snake = (name: string): string => name.replaceAll(/(?<!^)[A-Z]/g, (c) => `_${c}`).toLowerCase();

/** Declares an event; `idOf` names the resource that the fact is about. */
export function eventType<S extends DescMessage>(service: string, schema: S, idOf: (body: MessageShape<S>) => string): EventType<S> {
  return {
    name: `${service}.${schema.name}`,
    schema,
    subject: (body) => `noema.${service}.v1.${snake(schema.name)}.${idOf(body)}`,
  };
}
