/** A change of one picture, [height, width, channels] float32; `amount` is its strength. */
export type Shift = (picture: Float32Array, shape: readonly number[]) => Float32Array;

/** Blurs with a binomial kernel of 3 × 3, `times` times. */
export const blur =
  (times: number): Shift =>
  (picture, shape) => {
    let current = picture;
    for (let i = 0; i < times; i++) current = blurAxis(blurAxis(current, shape, 0), shape, 1);
    return current;
  };

/** Rotates by an angle in degrees around the middle, with linear interpolation. */
export const rotate =
  (degrees: number): Shift =>
  (picture, [height, width, channels]) => {
    const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
    const [cy, cx] = [(height! - 1) / 2, (width! - 1) / 2];
    const read = toReader(picture, [height!, width!, channels!]);
    return picture.map((_, at) => {
      const [y, x, c] = place(at, width!, channels!);
      const [dy, dx] = [y - cy, x - cx];
      return read(cy + cos * dy + sin * dx, cx - sin * dy + cos * dx, c);
    });
  };

/** Multiplies all values, such as a pen with less ink. */
export const ink =
  (factor: number): Shift =>
  (picture) =>
    picture.map((value) => Math.min(1, factor * value));

type Size = readonly [height: number, width: number, channels: number];

const place = (at: number, width: number, channels: number): [number, number, number] => {
  const pixel = Math.floor(at / channels);
  return [Math.floor(pixel / width), pixel % width, at % channels];
};

/** Reads between pixels; the border repeats its last pixel. */
function toReader(
  picture: Float32Array,
  [height, width, channels]: Size,
): (y: number, x: number, c: number) => number {
  const pixel = (y: number, x: number, c: number): number =>
    picture[
      (Math.min(height - 1, Math.max(0, y)) * width + Math.min(width - 1, Math.max(0, x))) * channels + c
    ]!;
  return (y, x, c) => {
    const [top, left] = [Math.floor(y), Math.floor(x)];
    const [dy, dx] = [y - top, x - left];
    return (
      (1 - dy) * ((1 - dx) * pixel(top, left, c) + dx * pixel(top, left + 1, c)) +
      dy * ((1 - dx) * pixel(top + 1, left, c) + dx * pixel(top + 1, left + 1, c))
    );
  };
}

function blurAxis(picture: Float32Array, shape: readonly number[], axis: 0 | 1): Float32Array {
  const [height, width, channels] = shape as unknown as Size;
  const read = toReader(picture, [height, width, channels]);
  const [dy, dx] = axis === 0 ? [1, 0] : [0, 1];
  return picture.map((value, at) => {
    const [y, x, c] = place(at, width, channels);
    return (read(y - dy, x - dx, c) + 2 * value + read(y + dy, x + dx, c)) / 4;
  });
}
