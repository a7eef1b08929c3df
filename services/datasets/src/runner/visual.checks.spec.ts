import {
  annotatePicture,
  audio,
  encodeVisual,
  image,
  imageWithBoxes,
  imageWithMask,
  tensor,
  visualKinds,
} from '@noema/integration';
import { afterEach, expect, it } from 'vitest';
import { isMediaType, mediaTypes, visualCheck } from './visual.checks.js';

const TOY = 'application/vnd.noema.toy+json';
let remove = (): void => undefined;
afterEach(() => {
  remove();
});

it('stores the kinds of visual that integrations can make, and bytes that are not drawn', () => {
  expect(mediaTypes()).toEqual([
    'image/png',
    'image/vnd.noema.boxes+png',
    'image/vnd.noema.mask+png',
    'text/plain; charset=utf-8',
    'application/vnd.noema.tokens+json',
    'application/vnd.noema.spans+json',
    'application/vnd.noema.series+json',
    'application/vnd.noema.table+json',
    'application/vnd.noema.bars+json',
    'application/vnd.noema.graph+json',
    'audio/wav',
    'image/vnd.noema.video+png',
    'application/octet-stream',
  ]);
  expect(isMediaType('text/html')).toBe(false);
});

it('checks a picture, its annotations, and that they are of its size', () => {
  const pixels = tensor(new Uint8Array(12), [3, 4]);
  const { mediaType, bytes } = encodeVisual(
    imageWithBoxes(pixels, [{ label: 'cat', x: 1, y: 1, width: 2, height: 1 }]),
  );
  const boxes = Buffer.from(bytes);
  expect(visualCheck(mediaType)(boxes)).toBe(boxes);
  const plain = Buffer.from(encodeVisual(image(pixels)).bytes);
  for (const other of [
    plain,
    Buffer.from(encodeVisual(imageWithMask(pixels, pixels, { labels: ['a'] })).bytes),
    Buffer.from(annotatePicture(plain, { width: 9, height: 9, labels: [], boxes: [] })),
    Buffer.from('{"width":4,"height":3,"labels":[],"boxes":[]}'),
  ])
    expect(() => visualCheck(mediaType)(other)).toThrow(/picture|boxes/);
});

it('checks the bytes of a sound', () => {
  const { mediaType, bytes } = encodeVisual(audio([0, 1], { sampleRate: 8000 }));
  const sound = Buffer.from(bytes);
  expect(visualCheck(mediaType)(sound)).toBe(sound);
  expect(() => visualCheck(mediaType)(sound.subarray(1))).toThrow('what is no audio/wav');
});

it('checks the form of a kind that was added with one registry line', () => {
  expect(isMediaType(TOY)).toBe(false);
  remove = visualKinds.add({
    key: 'toy',
    mediaType: TOY,
    encode: () => Buffer.from('{}'),
    hasForm: (value) => typeof value === 'number',
  });
  expect(isMediaType(TOY)).toBe(true);
  expect(visualCheck(TOY)(Buffer.from('6'))).toEqual(Buffer.from('6'));
  expect(() => visualCheck(TOY)(Buffer.from('"six"'))).toThrow(TOY);
  expect(() => visualCheck(TOY)(Buffer.from('{'))).toThrow(TOY);
});
