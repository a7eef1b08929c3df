import { expect, it } from 'vitest';
import { packPredictions, type Predictions, readPredictions, readTruths } from '../index.js';

const predictions: Predictions = {
  boxes: {
    x: Float64Array.of(0.5, 0, 0.25),
    y: Float64Array.of(0.25, 0.5, 0),
    width: Float64Array.of(0.5, 0.25, 0.125),
    height: Float64Array.of(0.125, 0.5, 0.25),
  },
  picture: Int32Array.of(2, 0, 2),
  classIndex: Int32Array.of(1, 0, 3),
  score: Float64Array.of(0.75, 0.5, 0.25),
};

it('packed predictions of pictures with several, one and no object are read back', () => {
  const packed = packPredictions(predictions, 4);
  expect(packed.width).toBe(12);
  const read = readPredictions(packed);
  expect([...read.picture]).toEqual([0, 2, 2]);
  expect([...read.classIndex]).toEqual([0, 1, 3]);
  expect([...read.score]).toEqual([0.5, 0.75, 0.25]);
  expect([...read.boxes.height]).toEqual([0.5, 0.125, 0.25]);
  expect([...readPredictions(packed, 0.5).picture]).toEqual([0, 2]);
});

it('packed rows without any object have room for one object', () => {
  const { boxes } = predictions;
  const none = {
    x: boxes.x.slice(3),
    y: boxes.y.slice(3),
    width: boxes.x.slice(3),
    height: boxes.x.slice(3),
  };
  const packed = packPredictions(
    { boxes: none, picture: new Int32Array(), classIndex: new Int32Array(), score: new Float64Array() },
    2,
  );
  expect([packed.width, readPredictions(packed).picture.length]).toEqual([6, 0]);
});

it('packed ground truth skips the class −1 and refuses a width that is no whole number of objects', () => {
  const data = Float32Array.of(0, 0, 1, 1, 2, 0, 0, 0, 0, -1, 0.5, 0.5, 0.5, 0.5, 0, 0, 0, 0.5, 0.5, 1);
  const truths = readTruths({ data, width: 10 });
  expect([[...truths.picture], [...truths.classIndex]]).toEqual([
    [0, 1, 1],
    [2, 0, 1],
  ]);
  expect(() => readTruths({ data, width: 4 })).toThrow(/4 numbers; give 5 numbers for each of its objects/);
});
