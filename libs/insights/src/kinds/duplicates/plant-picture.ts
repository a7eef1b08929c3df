import { ANGLE, CROP, MARGIN } from './picture.views.js';
import { resize, resizeBack } from './resample.js';
import { squeeze } from './scaling-terms.js';
import { crop, IDENTITY, rotation, SQUARE_SYMMETRIES, warp } from './warp.js';

/** Applies one random transformation to a picture with all its channels; what lies outside is black. */
export function plantPicture(
  input: Float32Array,
  {
    height,
    width,
    channels,
    black,
  }: { height: number; width: number; channels: number; black: readonly number[] },
  random: () => number,
): Float32Array {
  const choice = Math.floor(random() * 5);
  const turn = random() < 0.5 ? ANGLE : -ANGLE;
  const [x, y] = [(2 * random() - 1) * MARGIN, (2 * random() - 1) * MARGIN];
  const symmetry = SQUARE_SYMMETRIES[1 + Math.floor(random() * (height === width ? 7 : 3))]!;
  const map = [symmetry, symmetry, rotation(turn), crop(CROP, x, y), IDENTITY][choice]!;
  const side = Math.max(height, width);
  const isDown = random() < 0.5;
  const sampling = random() < 0.5 ? 'next' : 'all';
  const copy = new Float32Array(input.length);
  for (let c = 0; c < channels; c++) {
    const channel = Float32Array.from({ length: height * width }, (_, at) => input[at * channels + c]!);
    const plane = resize(channel, height, width, side);
    const warped = new Float32Array(side * side);
    // The fifth kind loses a quarter of its resolution in one direction.
    if (choice === 4) squeeze(plane.values, { side, step: isDown ? side : 1, sampling }, warped);
    else warp(plane, map, warped);
    const back = resizeBack(warped, side, height, width);
    for (let at = 0; at < back.length; at++)
      copy[at * channels + c] = back[at] !== back[at] ? black[c]! : back[at]!;
  }
  return copy;
}
