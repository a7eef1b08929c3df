import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { CreateModelRequestSchema } from '@noema/contracts/noema/training/v1/model_service';
import {
  type CreateRunRequest,
  CreateRunRequestSchema,
} from '@noema/contracts/noema/training/v1/run_service';
import { describe, expect, it } from 'vitest';
import { checkRequest } from './request.check.js';

const check = (request: MessageInitShape<typeof CreateRunRequestSchema>) => () => [
  ...checkRequest(CreateRunRequestSchema, create(CreateRunRequestSchema, request)),
];
const settings = (given: object) => ({ settings: given as NonNullable<CreateRunRequest['settings']> });

describe('what no handler has a meaning for is refused, and the field named', () => {
  it.each<[string, MessageInitShape<typeof CreateRunRequestSchema>, RegExp]>([
    ['NUL in a text', { displayName: 'a\0b' }, /^display_name: has the character NUL/],
    ['NUL in a message below', settings({ loss: { name: '\0' } }), /^settings\.loss\.name: /],
    [
      'NUL in a repeated message',
      settings({ metrics: [{ name: 'accuracy' }, { name: 'a\0' }] }),
      /^settings\.metrics\.name: /,
    ],
    [
      'NUL deep in a struct',
      settings({ optimizer: { name: 'adam', config: { a: [{ b: 'x\0' }] } } }),
      /^settings\.optimizer\.config/,
    ],
    [
      'a number in a struct that JSON does not have',
      settings({ optimizer: { name: 'adam', config: { rate: NaN } } }),
      /^settings\.optimizer\.config: NaN is not a number of JSON/,
    ],
    [
      'NUL in a key of a struct',
      settings({ optimizer: { name: 'adam', config: { 'a\0': 1 } } }),
      /^settings\.optimizer\.config/,
    ],
    [
      'a number that its enum does not have',
      settings({ kind: 77 }),
      /^settings\.kind: 77 is no RunKind; use RUN_KIND_UNSPECIFIED, RUN_KIND_TRAIN/,
    ],
  ])('%s', (_what, request, message) => {
    let thrown: unknown;
    try {
      check(request)();
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({
      kind: 'invalid',
      reason: 'FIELD_INVALID',
      message: expect.stringMatching(message) as string,
    });
  });

  it('everything else passes', () => {
    expect(
      check({
        displayName: 'ünï "<script>\n',
        ...settings({ kind: 1, optimizer: { name: 'adam', config: { a: null, b: [1, { c: true }] } } }),
      }),
    ).not.toThrow();
    expect(() => [
      ...checkRequest(CreateModelRequestSchema, create(CreateModelRequestSchema, { topology: {} })),
    ]).not.toThrow();
  });
});

it('leaves the event loop to others every 4,096 values of JSON', () => {
  const topology = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`k${i}`, i]));
  const turns = [...checkRequest(CreateModelRequestSchema, create(CreateModelRequestSchema, { topology }))];
  expect(turns).toHaveLength(Math.floor(20_001 / 4096));
});
