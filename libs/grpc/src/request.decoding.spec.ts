import {
  create,
  type DescMessage,
  fromBinary,
  type JsonObject,
  type MessageInitShape,
  toBinary,
} from '@bufbuild/protobuf';
import { CreateSliceRequestSchema } from '@noema/contracts/noema/datasets/v1/slice_service';
import { CreateProjectRequestSchema } from '@noema/contracts/noema/workspace/v1/project_service';
import { CreateModelRequestSchema } from '@noema/contracts/noema/training/v1/model_service';
import { AppendRecordRequestSchema } from '@noema/contracts/noema/training/v1/recording_service';
import { CreateRunRequestSchema } from '@noema/contracts/noema/training/v1/run_service';
import { describe, expect, it } from 'vitest';
import { decodeInSlices, decodeRequest } from './request.decoding.js';

const encode = <S extends DescMessage>(schema: S, init: MessageInitShape<S>): Uint8Array =>
  toBinary(schema, create(schema, init));
const members = (count: number): JsonObject =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, i / 3]));
const ids = (count: number): string[] => Array.from({ length: count }, (_, i) => `sample ${i}`);
const countSlices = (schema: DescMessage, bytes: Uint8Array): number => {
  const decoding = decodeInSlices(schema, bytes);
  let slices = 1;
  while (decoding.next().done !== true) slices++;
  return slices;
};

const model = (topology: JsonObject): Uint8Array => encode(CreateModelRequestSchema, { topology });
const record = (sampleIds: readonly string[], steps = 0): Uint8Array =>
  encode(AppendRecordRequestSchema, {
    runId: 'r',
    sequence: 7n,
    content: {
      case: 'samples',
      value: {
        sampleIds: [...sampleIds],
        columns: [
          { layer: 'dense', data: new Uint8Array(40_000).fill(200) },
          { layer: 'conv', steps: Array.from({ length: steps }, (_, i) => i / 8) },
        ],
        trainingMode: true,
      },
    },
  });
const nested = (depth: number): JsonObject => (depth === 0 ? {} : { a: nested(depth - 1) });
const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)];
/** A field with a message or with bytes. */
const framed = (number: number, content: Uint8Array): Uint8Array =>
  Buffer.concat([Buffer.from([...varint((number << 3) | 2), ...varint(content.length)]), content]);

describe('a large request', () => {
  it.each<[string, DescMessage, Uint8Array]>([
    ['a record of 10,000 samples', AppendRecordRequestSchema, record(ids(10_000), 20_000)],
    ['a model', CreateModelRequestSchema, model({ layers: [members(2_000), members(1_000), null, [], {}] })],
    [
      'JSON of every kind',
      CreateModelRequestSchema,
      model({ ...members(3_000), a: [null, true, 'ü', { b: [[]] }, -0.5], ['__proto__']: { role: 'admin' } }),
    ],
    [
      'JSON in a message, and ids next to it',
      CreateRunRequestSchema,
      encode(CreateRunRequestSchema, {
        displayName: 'x'.repeat(40_000),
        settings: { optimizer: { name: 'adam', config: members(4_000) }, layers: ids(5_000) },
      }),
    ],
    [
      'packed numbers of several bytes',
      CreateSliceRequestSchema,
      encode(CreateSliceRequestSchema, {
        selection: { rows: Array.from({ length: 30_000 }, (_, i) => (i * 7919) % 5_000_011) },
      }),
    ],
    [
      'a message in two parts',
      AppendRecordRequestSchema,
      Buffer.concat([record(ids(3_000)), record(ids(3), 5_000)]),
    ],
    ['fields of a later version', CreateProjectRequestSchema, framed(900, new Uint8Array(50_000))],
    [
      'JSON in two parts',
      CreateModelRequestSchema,
      Buffer.concat([model(members(2_000)), model({ k1: [], z: 1 })]),
    ],
  ])('is decoded as protobuf-es does: %s', async (_, schema, bytes) => {
    expect(bytes.length).toBeGreaterThan(16 << 10);
    expect(await decodeRequest(schema, bytes)).toEqual(fromBinary(schema, bytes));
  });

  it('RELIABILITY 38: leaves the event loop to others after every 16 KiB, or 1,024 values of JSON', async () => {
    const bytes = model(members(50_000));
    expect(countSlices(CreateModelRequestSchema, bytes)).toBeGreaterThanOrEqual(50_000 / 1024);
    for (const samples of [record(ids(20_000)), record(ids(1), 100_000)])
      expect(countSlices(AppendRecordRequestSchema, samples)).toBeGreaterThan(
        (samples.length - 40_000) / (20 << 10),
      );
    let turns = 0;
    const count = (): void => {
      turns++;
      next = setImmediate(count);
    };
    let next = setImmediate(count);
    await decodeRequest(CreateModelRequestSchema, bytes);
    clearImmediate(next);
    expect(turns).toBeGreaterThanOrEqual(Math.floor(50_000 / 1024));
  });

  it.each<[string, DescMessage, Uint8Array]>([
    ['members of JSON', CreateModelRequestSchema, model(members(270_000))],
    ['ids', AppendRecordRequestSchema, record(ids(270_000))],
    [
      'messages of two bytes',
      AppendRecordRequestSchema,
      framed(5, Buffer.alloc(8 << 20, Buffer.from([0x1a, 0]))),
    ],
    [
      'elements of two bytes in JSON',
      CreateModelRequestSchema,
      framed(3, framed(1, framed(2, framed(6, Buffer.alloc(8 << 20, Buffer.from([0x0a, 0])))))),
    ],
    ['unknown fields', CreateProjectRequestSchema, Buffer.alloc(1 << 20, Buffer.from([0x78, 0]))],
  ])('with more than 262,144 values is refused: %s', async (_, schema, bytes) => {
    await expect(decodeRequest(schema, bytes)).rejects.toMatchObject({
      kind: 'invalid',
      reason: 'REQUEST_TOO_MANY_VALUES',
      message: 'the request has more than 262144 values; send them in several requests',
    });
  });

  it('has no limit on packed numbers, which are no objects', async () => {
    const rows = Array.from({ length: 300_000 }, (_, i) => i);
    const bytes = encode(CreateSliceRequestSchema, { selection: { rows } });
    expect(await decodeRequest(CreateSliceRequestSchema, bytes)).toMatchObject({
      selection: { rows: { length: 300_000 } },
    });
  });
});

describe('bytes that are not the message', () => {
  const whole = model(members(5_000));
  it.each<[string, Uint8Array]>([
    ['cut off', whole.subarray(0, whole.length - 1)],
    ['a length behind the end', Buffer.from([0x0a, 0x7f, 0x41])],
    ['a group', Buffer.from([0x0b, 0x0c])],
    ['a text that is not UTF-8', Buffer.from([0x0a, 2, 0xc0, 0xae])],
    ['JSON a thousand deep', toBinaryNested(1_000)],
  ])('are refused with the reason: %s', async (_, bytes) => {
    await expect(decodeRequest(CreateModelRequestSchema, bytes)).rejects.toMatchObject({
      kind: 'invalid',
      reason: 'REQUEST_UNREADABLE',
      message: expect.stringMatching(
        /^the request is not a noema\.training\.v1\.CreateModelRequest: \S/,
      ) as string,
    });
  });
  it('JSON as deep as protobuf-es takes it passes', async () => {
    const bytes = model(nested(48));
    expect(await decodeRequest(CreateModelRequestSchema, bytes)).toEqual(
      fromBinary(CreateModelRequestSchema, bytes),
    );
  });
});

/** `topology` with objects inside each other; protobuf-es does not encode them. */
function toBinaryNested(depth: number): Uint8Array {
  let content: Uint8Array = new Uint8Array();
  for (let i = 0; i < depth; i++) content = framed(1, framed(2, framed(5, content)));
  return framed(3, content);
}
