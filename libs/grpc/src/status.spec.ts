import { fromBinary } from '@bufbuild/protobuf';
import { anyUnpack } from '@bufbuild/protobuf/wkt';
import { RetryInfoSchema } from '@noema/contracts/google/rpc/error_details';
import { StatusSchema } from '@noema/contracts/google/rpc/status';
import { DomainError, type ErrorKind } from '@noema/kernel';
import { describe, expect, it } from 'vitest';
import { fromStatus, toStatus } from './status.js';

/** Bytes that a status takes on the wire: its message percent-encoded, its details in base64. */
function wireBytes(error: DomainError): number {
  const { details, metadata } = toStatus(error);
  return (
    encodeURIComponent(details).length +
    (metadata.get('grpc-status-details-bin')[0] as Buffer).length * (4 / 3)
  );
}

const long = (char: string): string => char.repeat(100_000);

describe('a status', () => {
  it.each(['x', '漢', '😀', '\r'])(
    'fits the headers of HTTP/2 however long the texts of a request in it are, such as many %j',
    (char) => {
      const text = long(char);
      const many = Array.from({ length: 500 }, (_, n) => ({ field: `f${n}`, description: text }));
      for (const error of [
        new DomainError('invalid', 'X', text),
        new DomainError('not-found', 'X', text, { metadata: { id: text } }),
        new DomainError('invalid', 'X', text, { violations: [{ field: text, description: text }] }),
        new DomainError('invalid', 'X', text, {
          violations: many,
          metadata: Object.fromEntries(many.map(({ field, description }) => [field, description])),
        }),
      ])
        expect(wireBytes(error)).toBeLessThan(15_500);
    },
  );

  it.each<[ErrorKind, Record<string, string>, bigint | undefined]>([
    ['exhausted', { retry_after_seconds: '30' }, 30n],
    ['exhausted', {}, undefined],
    ['unavailable', {}, 1n],
    ['unavailable', { retry_after_seconds: '5' }, 5n],
    ['invalid', { retry_after_seconds: '5' }, undefined],
  ])('%s with %j says in RetryInfo when to ask again: %s', (kind, metadata, seconds) => {
    const packed = toStatus(new DomainError(kind, 'X', 'x', { metadata })).metadata.get(
      'grpc-status-details-bin',
    )[0] as Buffer;
    const info = fromBinary(StatusSchema, packed)
      .details.map((any) => anyUnpack(any, RetryInfoSchema))
      .find((detail) => detail !== undefined);
    expect(info?.retryDelay?.seconds).toBe(seconds);
  });

  it('is whole when it is short, and says where it was cut', () => {
    const error = new DomainError('invalid', 'NAME_INVALID', 'the name "ä" is taken', {
      metadata: { name: 'ä' },
      violations: [{ field: 'name', description: 'is taken' }],
    });
    const back = (e: DomainError): DomainError => fromStatus({ name: '', message: '', ...toStatus(e) }, 'x');
    expect(back(error)).toMatchObject({
      kind: error.kind,
      reason: error.reason,
      message: error.message,
      metadata: error.metadata,
      violations: error.violations,
    });
    const short = back(
      new DomainError('invalid', 'X', long('漢'), { metadata: { limit: '7', id: long('漢') } }),
    );
    expect([
      short.message.endsWith('漢…'),
      short.metadata['limit'],
      short.metadata['id']!.endsWith('漢…'),
    ]).toEqual([true, '7', true]);
  });
});
