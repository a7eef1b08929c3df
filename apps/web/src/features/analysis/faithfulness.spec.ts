import type { Faithfulness } from '@noema/contracts/noema/explanations/v1/heat_map';
import { describe, expect, it } from 'vitest';
import {
  completenessSentence,
  edgesSentence,
  faithfulnessParts,
  faithfulnessVerdict,
} from './faithfulness.js';

const of = (deletion: number, insertion: number, randomDeletion: number, randomInsertion: number) =>
  faithfulnessParts(
    {
      deletion,
      insertion,
      randomDeletion,
      randomInsertion,
      deletionBeatsRandom: deletion < randomDeletion,
      insertionBeatsRandom: insertion > randomInsertion,
    } as Faithfulness,
    'the probability of 9',
  );

describe('faithfulness', () => {
  it('says what the numbers mean', () => {
    const [deletion, insertion] = of(0.12, 0.8, 0.41, 0.5);
    expect(deletion.sentence).toBe(
      'Removing what is hot lowers the probability of 9 faster than random: 0.12 against 0.41.',
    );
    expect(insertion.sentence).toBe(
      'Putting in what is hot first raises the probability of 9 faster than random: 0.80 against 0.50.',
    );
    expect(faithfulnessVerdict([deletion, insertion])).toEqual({
      label: 'better than random',
      color: 'teal',
    });
  });

  it('is good when deletion is lower and insertion higher than random', () => {
    expect(of(0.5, 0.4, 0.41, 0.5).map(({ good }) => good)).toEqual([false, false]);
    expect(faithfulnessVerdict(of(0.5, 0.4, 0.41, 0.5)).color).toBe('red');
    expect(faithfulnessVerdict(of(0.3, 0.4, 0.41, 0.5)).color).toBe('orange');
  });
});

it('keeps the edges next to the random masks where they were compared', () => {
  const parts = (more: object) =>
    faithfulnessParts(
      { deletion: 0.2, insertion: 0.8, randomDeletion: 0.5, randomInsertion: 0.4, ...more } as Faithfulness,
      'x',
    ).map(({ edges }) => edges);
  expect(parts({ edgeDeletion: 0.3, edgeInsertion: 0.75 })).toEqual([0.3, 0.75]);
  expect(parts({})).toEqual([undefined, undefined]);
});

it('edges of the input are beaten, not beaten, or were not compared with', () => {
  const own = { deletion: 0.2, insertion: 0.8, randomDeletion: 0.5, randomInsertion: 0.5 } as Faithfulness;
  expect(edgesSentence(own)).toBeUndefined();
  expect(edgesSentence({ ...own, edgeDeletion: 0.3, edgeInsertion: 0.75 })).toMatch(
    /^Better than the edges .* deletion 0.30, insertion 0.75/,
  );
  expect(edgesSentence({ ...own, edgeDeletion: 0.1, edgeInsertion: 0.7 })).toMatch(/^No better/);
});

it('reports how complete integrated gradients are, and nothing of other maps', () => {
  expect(completenessSentence({})).toBeUndefined();
  expect(completenessSentence({ completenessGap: 0.0002 })).toEqual({
    text:
      'The map adds up to the difference in score between this input and an empty one with an error of < ' +
      '0.1%.',
    isComplete: true,
  });
  expect(completenessSentence({ completenessGap: 0 })?.text).toMatch(/error of 0.0%\.$/);
  expect(completenessSentence({ completenessGap: 0.2 })).toEqual({
    text: expect.stringMatching(/error of 20.0%: too much to take its amounts literally\.$/) as string,
    isComplete: false,
  });
});
