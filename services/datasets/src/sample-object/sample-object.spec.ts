import { describe, expect, it } from 'vitest';
import { listSamples, type ObjectPicture, type PictureObject } from './sample-object.js';

const object = (change: Partial<PictureObject> = {}): PictureObject => ({
  ...{ x: 0, y: 0, width: 0.5, height: 0.5, classIndex: 1, className: 'car' },
  ...{ score: undefined, outcome: 'missed' },
  ...change,
});
const picture = (change: Partial<ObjectPicture> = {}): ObjectPicture => ({
  ...{ row: 7, split: 'validation', sampleId: 'street' },
  truths: [object({ outcome: 'true-positive' }), object({ x: 0.5, y: 0.5 })],
  predictions: [
    object({ score: 0.9, outcome: 'true-positive' }),
    object({ score: 0.5, outcome: 'duplicate', x: 0.25 }),
  ],
  ...change,
});

describe('the samples of a picture', () => {
  it('are all objects of the ground truth, numbered from 1', () => {
    const samples = listSamples(picture(), 'truths');
    expect(samples.map(({ id }) => id)).toEqual(['street-1', 'street-2']);
    expect(samples[0]).toMatchObject({ picture: { row: 7, split: 'validation', sampleId: 'street' } });
  });

  it('are the predicted objects that are not true positives, named after their split', () => {
    expect(listSamples(picture(), 'predictions').map(({ id }) => id)).toEqual(['validation-street-2']);
  });

  it('have the highest IoU with an object of the other kind, 0 without any', () => {
    expect(listSamples(picture(), 'truths').map(({ iou }) => iou)).toEqual([1, 0]);
    expect(listSamples(picture(), 'predictions')[0]!.iou).toBeCloseTo(1 / 3, 10);
    expect(listSamples(picture({ predictions: [] }), 'truths').map(({ iou }) => iou)).toEqual([0, 0]);
  });

  it('have no IoU where the picture has no ground truth', () => {
    const [sample] = listSamples(
      picture({ truths: [], predictions: [object({ outcome: '' })] }),
      'predictions',
    );
    expect(sample).toMatchObject({ id: 'validation-street-1', iou: undefined });
  });

  it('keep distinct ids of at most 256 characters', () => {
    const ids = ['a', 'b'].flatMap((end) =>
      listSamples(picture({ sampleId: `${'x'.repeat(255)}${end}` }), 'truths').map(({ id }) => id),
    );
    expect(new Set(ids).size).toBe(4);
    expect(ids.map(({ length }) => length)).toEqual([256, 256, 256, 256]);
  });
});
