import type { JsonValue } from '@bufbuild/protobuf';
import { type Msg, type MsgHdrs, headers as newHeaders } from '@nats-io/transport-node';
import { DomainError } from '@noema/kernel';
import type { BusMessage } from '../bus.js';

/**
 * Returns the headers of a message: CloudEvents 1.0 in the NATS binding, the trace, and the team as an
 * extension attribute.
 */
export function toHeaders({ id, teamId, event, subject, time, traceparent, replayed }: BusMessage): MsgHdrs {
  const headers = newHeaders();
  headers.set('ce-specversion', '1.0');
  headers.set('ce-id', id);
  headers.set('ce-type', event);
  headers.set('ce-source', `/noema/${event.slice(0, event.indexOf('.'))}`);
  headers.set('ce-subject', subject);
  headers.set('ce-time', time.toISOString());
  headers.set('ce-team', teamId);
  headers.set('content-type', 'application/json');
  if (traceparent !== undefined) headers.set('traceparent', traceparent);
  if (replayed) headers.set('noema-replayed', 'true');
  return headers;
}

export const toData = (message: BusMessage): string => JSON.stringify(message.body);

/**
 * Parses a message. Throws `invalid` MESSAGE_MALFORMED for a message that another program published on our
 * subjects.
 */
export function fromMsg({ headers, data, subject }: Pick<Msg, 'headers' | 'data' | 'subject'>): BusMessage {
  const read = (name: string): string => {
    const value = headers?.get(name) ?? '';
    if (value === '') throw malformed(subject, `its header ${name} is missing`);
    return value;
  };
  const traceparent = headers?.get('traceparent') ?? '';
  return {
    id: read('ce-id'),
    teamId: read('ce-team'),
    event: read('ce-type'),
    subject: read('ce-subject'),
    time: new Date(read('ce-time')),
    body: parse(subject, data),
    ...(traceparent === '' ? {} : { traceparent }),
    ...((headers?.get('noema-replayed') ?? '') === '' ? {} : { replayed: true as const }),
  };
}

function parse(subject: string, data: Uint8Array): JsonValue {
  try {
    return JSON.parse(Buffer.from(data).toString('utf8')) as JsonValue;
  } catch (error) {
    throw malformed(subject, 'its body is not JSON', error);
  }
}

const malformed = (subject: string, why: string, cause?: unknown): DomainError =>
  new DomainError(
    'invalid',
    'MESSAGE_MALFORMED',
    `a message on ${subject} is not ours: ${why}; publish through the outbox only`,
    { metadata: { subject }, cause },
  );
