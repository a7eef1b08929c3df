import { create, type DescMessage, type JsonObject, type MessageInitShape, toJson } from '@bufbuild/protobuf';
import { CreateModelRequestSchema } from '@noema/contracts/noema/training/v1/model_service';
import { AppendRecordRequestSchema } from '@noema/contracts/noema/training/v1/recording_service';
import { CreateRunRequestSchema } from '@noema/contracts/noema/training/v1/run_service';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from './canonical-json.js';

const topology: JsonObject = { b: [1, { c: null }], a: 'x', 10: {} };
const cases: [string, DescMessage, MessageInitShape<DescMessage>][] = [
  ['nothing', CreateModelRequestSchema, {}],
  ['a model', CreateModelRequestSchema, { seed: 7, displayName: 'net', projectId: 'p', topology }],
  ['an empty topology', CreateModelRequestSchema, { topology: {} }],
  [
    'settings with JSON in messages and in lists',
    CreateRunRequestSchema,
    {
      displayName: 'run',
      settings: {
        epochs: 3,
        metrics: [{ name: 'top_k', config: { k: 5 } }],
        optimizer: { name: 'adam', config: topology },
        loss: { name: 'mse' },
      },
    },
  ],
  [
    'a oneof, bytes and a large number',
    AppendRecordRequestSchema,
    {
      runId: 'r',
      sequence: 2n ** 60n,
      content: {
        case: 'samples',
        value: { sampleIds: ['1'], columns: [{ layer: 'd', data: new Uint8Array([1]) }] },
      },
    },
  ],
];

describe('the canonical JSON of a request', () => {
  it.each(cases)('is the text of protobuf-es: %s', (_, schema, init) => {
    const request = create(schema, init);
    expect(JSON.stringify(canonicalJson(schema, request))).toBe(JSON.stringify(toJson(schema, request)));
  });
});
