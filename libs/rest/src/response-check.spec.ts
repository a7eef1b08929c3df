import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { CompareUnitsResponseSchema } from '@noema/contracts/noema/activations/v1/unit_service';
import { ListSamplesResponseSchema } from '@noema/contracts/noema/datasets/v1/sample_service';
import { FindSimilarResponseSchema } from '@noema/contracts/noema/similarity/v1/similarity_service';
import { describe, expect, it } from 'vitest';
import { jsonText } from './index.js';

const text = (similar: MessageInitShape<typeof FindSimilarResponseSchema>) =>
  jsonText(FindSimilarResponseSchema, create(FindSimilarResponseSchema, similar));

describe('an answer', () => {
  it.each<[string, MessageInitShape<typeof FindSimilarResponseSchema>, RegExp]>([
    ['a number that is NaN', { recall: NaN }, /recall is NaN/],
    [
      'an infinite one deep inside',
      { similar: [{ distance: 1 }, { distance: Infinity }] },
      /similar\.distance is Infinity/,
    ],
    [
      'a malformed sample',
      { similar: [{ sample: { sampleId: 'undefined' } }] },
      /similar\.sample\.sample_id is "undefined"/,
    ],
    ['a malformed id', { perceptionSpaceId: 'undefined' }, /perception_space_id is "undefined"/],
    ['a row before the first', { similar: [{ row: -1 }] }, /similar\.row is -1/],
  ])('with %s is not written', (_what, response, why) => {
    expect(() => text(response)).toThrow(
      expect.objectContaining({
        kind: 'internal',
        reason: 'RESPONSE_INVALID',
        message: expect.stringMatching(why) as string,
      }),
    );
  });

  it('may be infinite where its contract allows it, and is no NaN there either', () => {
    const answer = (effect: number) =>
      jsonText(CompareUnitsResponseSchema, create(CompareUnitsResponseSchema, { units: [{ effect }] }));
    expect(JSON.parse(answer(-Infinity))).toMatchObject({ units: [{ effect: '-Infinity' }] });
    expect(() => answer(NaN)).toThrow(/units\.effect is NaN/);
  });

  it('may hold such words as texts of people', () => {
    expect(JSON.parse(text({ similar: [{ sample: { sampleId: 'NaN' } }] }))).toMatchObject({
      similar: [{ sample: { sampleId: 'NaN' } }],
    });
    const samples = [
      { className: 'undefined', metadata: { note: { kind: { case: 'stringValue', value: 'Infinity' } } } },
    ] as const;
    expect(
      jsonText(ListSamplesResponseSchema, create(ListSamplesResponseSchema, { samples: samples as never })),
    ).toContain('undefined');
  });
});
