import { ANGLE, CROP, MARGIN } from './picture.views.js';
import { findSmallest, meanOver, resize, resizeBack } from './resample.js';
import { crop, IDENTITY, type Plane, rotation, SQUARE_SYMMETRIES, warp } from './warp.js';

/** Applies one random transformation to a picture with all its channels. */
export function plantPicture(
  input: Float32Array,
  { height, width, channels }: { height: number; width: number; channels: number },
  random: () => number,
): Float32Array {
  const choice = Math.floor(random() * 5);
  const turn = random() < 0.5 ? ANGLE : -ANGLE;
  const [x, y] = [(2 * random() - 1) * MARGIN, (2 * random() - 1) * MARGIN];
  const symmetry = SQUARE_SYMMETRIES[1 + Math.floor(random() * (height === width ? 7 : 3))]!;
  const map = [symmetry, symmetry, rotation(turn), crop(CROP, x, y), IDENTITY][choice]!;
  const side = Math.max(height, width);
  const copy = new Float32Array(input.length);
  for (let c = 0; c < channels; c++) {
    const channel = Float32Array.from({ length: height * width }, (_, at) => input[at * channels + c]!);
    const plane = resize(channel, height, width, side);
    const ground = findSmallest(channel);
    const warped = new Float32Array(side * side);
    // The fifth kind loses a quarter of its resolution in one direction.
    if (choice === 4) warped.set(squeeze(plane));
    else warp(plane, map, warped);
    const back = resizeBack(warped, side, height, width);
    for (let at = 0; at < back.length; at++)
      copy[at * channels + c] = back[at] !== back[at] ? ground : back[at]!;
  }
  return copy;
}

/** Scales a picture down to three quarters of its width, then up. */
function squeeze({ side, values }: Plane): Float32Array {
  const narrow = Math.ceil(side * 0.75);
  const squeezed = new Float32Array(side * side);
  for (let row = 0; row < side; row++) {
    const line = Float32Array.from({ length: narrow }, (_, at) =>
      meanOver(values, row * side, 1, (at * side) / narrow, ((at + 1) * side) / narrow),
    );
    for (let column = 0; column < side; column++) {
      const x = Math.min(narrow - 1, Math.max(0, ((column + 0.5) * narrow) / side - 0.5));
      const [left, right] = [Math.floor(x), Math.ceil(x)];
      squeezed[row * side + column] = line[left]! + (x - left) * (line[right]! - line[left]!);
    }
  }
  return squeezed;
}
