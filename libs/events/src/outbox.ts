import { create, type DescMessage, type MessageInitShape, toJson } from '@bufbuild/protobuf';
import { uuidv7 } from '@noema/kernel';
import { currentTraceparent, withSpan } from '@noema/observability';
import type { AnyDatabase } from '@noema/postgres';
import { sql } from 'kysely';
import type { EventType } from './event-type.js';

export const outboxChannel = (schema: string): string => `noema_outbox_${schema}`;

/** Stores the events of a service in the transaction of the change that they announce. */
export class Outbox {
  constructor(private readonly db: AnyDatabase) {}

  /**
   * Adds the event to the ambient transaction of the team. It is published if and only if the transaction
   * commits. Returns the message id.
   */
  async publish<S extends DescMessage>(event: EventType<S>, init: MessageInitShape<S>): Promise<string> {
    const body = create(event.schema, init);
    const id = uuidv7();
    const json = JSON.stringify(toJson(event.schema, body));
    await withSpan(
      `publish ${event.name}`,
      {
        role: 'producer',
        service: this.db.schema,
        attributes: { 'messaging.destination.name': event.name, 'messaging.message.id': id },
      },
      () =>
        sql`
      insert into outbox (id, team_id, event, subject, body, traceparent)
      values (${id}, current_setting('app.team_id')::uuid, ${event.name}, ${event.subject(body)},
        ${json}::jsonb, ${currentTraceparent()})`.execute(this.db.tx()),
    );
    this.db.notify(outboxChannel(this.db.schema));
    return id;
  }
}
