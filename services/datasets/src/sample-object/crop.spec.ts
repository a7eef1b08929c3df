import { describe, expect, it } from 'vitest';
import { readSmallPng } from '../sharp/small-png.js';
import { drawRegion, findPictureForm, findRegion, type PictureForm, resizeRegion } from './crop.js';

const FORM: PictureForm = { width: 8, height: 4, channels: 3, channelsFirst: false };

/** A picture whose numbers are linear in the place of a pixel, which bilinear interpolation keeps exactly. */
const valueAt = (x: number, y: number, c: number): number => 2 * x + 10 * y + 100 * c;

function ramp({ width, height, channels, channelsFirst }: PictureForm): Float32Array {
  const picture = new Float32Array(width * height * channels);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < channels; c++)
        picture[channelsFirst ? (c * height + y) * width + x : (y * width + x) * channels + c] = valueAt(
          x,
          y,
          c,
        );
  return picture;
}

function resized(form: PictureForm, region: Parameters<typeof drawRegion>[2]): Float32Array {
  const into = new Float32Array(form.width * form.height * form.channels);
  resizeRegion(ramp(form), { form, region, into });
  return into;
}

describe('the form of a picture', () => {
  it.each([
    ['its channels last', [48, 64, 3], { height: 48, width: 64, channels: 3, channelsFirst: false }],
    ['its channels first', [1, 48, 64], { height: 48, width: 64, channels: 1, channelsFirst: true }],
  ])('has %s', (_, dims, form) => {
    expect(findPictureForm({ dims })).toEqual(form);
  });

  it.each([[[48, 64]], [[48, 64, 5]], [[4, 48, 64, 3]], [[7]]])('is not one of %j', (dims) => {
    expect(findPictureForm({ dims })).toBeUndefined();
  });
});

describe('the region of a box', () => {
  it('has a tenth of the size of the box on each side', () => {
    const { x, y, width, height } = findRegion({ x: 0.25, y: 0.5, width: 0.5, height: 0.25 }, FORM);
    for (const [value, wanted] of [
      [x, 1.6],
      [y, 1.9],
      [width, 4.8],
      [height, 1.2],
    ])
      expect(value).toBeCloseTo(wanted!, 10);
  });

  it('ends at the edges of the picture', () => {
    expect(findRegion({ x: -0.5, y: 0, width: 2, height: 1 }, FORM)).toEqual({
      x: 0,
      y: 0,
      width: 8,
      height: 4,
    });
  });

  it.each([
    ['has no area', { x: 1, y: 0, width: 0, height: 0 }, { x: 7, y: 0, width: 1, height: 1 }],
    ['lies outside', { x: 3, y: -2, width: 0.5, height: 0.5 }, { x: 7, y: 0, width: 1, height: 1 }],
  ])('is one pixel of the picture where the box %s', (_, box, region) => {
    expect(findRegion(box, FORM)).toEqual(region);
  });
});

describe('a resized region', () => {
  it('of the whole picture is the picture', () => {
    expect(resized(FORM, { x: 0, y: 0, width: 8, height: 4 })).toEqual(ramp(FORM));
  });

  it.each([false, true])('has the numbers between the pixels, with channels first: %s', (channelsFirst) => {
    const form = { ...FORM, channelsFirst };
    const region = { x: 1.5, y: 1, width: 4, height: 2 };
    const into = resized(form, region);
    for (let y = 0; y < 4; y++)
      for (let x = 0; x < 8; x++)
        for (let c = 0; c < 3; c++) {
          const at = channelsFirst ? (c * 4 + y) * 8 + x : (y * 8 + x) * 3 + c;
          const wanted = valueAt(1.5 + (x + 0.5) / 2 - 0.5, 1 + (y + 0.5) / 2 - 0.5, c);
          expect(into[at]).toBeCloseTo(wanted, 4);
        }
  });

  it('has bytes where the picture has', () => {
    const picture = ramp(FORM).map((value) => value / 255);
    const into = new Float32Array(picture.length);
    resizeRegion(picture, { form: FORM, region: { x: 1.4, y: 1, width: 4, height: 2 }, divisor: 255, into });
    const bytes = into.map((value) => value * 255);
    bytes.forEach((value) => expect(value).toBeCloseTo(Math.round(value), 4));
    expect(bytes[0]).toBeCloseTo(Math.round(valueAt(1.4 - 0.25, 1 - 0.25, 0)), 4);
  });

  it('repeats the outer pixels of the picture', () => {
    expect(resized(FORM, { x: 0, y: 0, width: 1, height: 1 }).slice(0, 3)).toEqual(
      Float32Array.of(0, 100, 200),
    );
  });
});

describe('a drawn region', () => {
  const draw = (picture: Float32Array, form: PictureForm) =>
    readSmallPng(drawRegion(picture, form, { x: 1.2, y: 0.4, width: 2, height: 1 }), 100)!;

  it('has the pixels that it touches, in their own size', () => {
    const picture = ramp(FORM).map((value) => value / 255);
    expect(draw(picture, FORM)).toMatchObject({ width: 3, height: 2, channels: 3 });
    const pixels = draw(picture, FORM).data;
    expect([...pixels]).toEqual(
      [0, 1].flatMap((y) => [1, 2, 3].flatMap((x) => [0, 1, 2].map((c) => valueAt(x, y, c)))),
    );
    const form = { ...FORM, channelsFirst: true };
    expect(
      draw(
        ramp(form).map((value) => value / 255),
        form,
      ).data,
    ).toEqual(pixels);
  });

  it.each([
    ['from 0 to 255 are colors', [0, 51, 255], [0, 51, 255]],
    ['from 0 to 1 are colors', [0, 0.2, 1], [0, 51, 255]],
    ['of another range are scaled', [-2, 0, 8], [0, 51, 255]],
    ['that are all equal are black', [-2, -2, -2], [0, 0, 0]],
  ])('shows that numbers %s', (_, values, bytes) => {
    const form: PictureForm = { width: 3, height: 1, channels: 1, channelsFirst: false };
    const png = drawRegion(Float32Array.from(values), form, { x: 0, y: 0, width: 3, height: 1 });
    expect([...readSmallPng(png, 10)!.data]).toEqual(bytes);
  });
});
