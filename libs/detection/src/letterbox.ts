import { type Boxes, checkBoxes } from './boxes.js';
import { optionInvalid } from './detection.errors.js';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Where a picture lies in the input of a network, in pixels of the input. */
export interface Letterbox {
  /** Pixels of the input per pixel of the picture. */
  readonly scale: number;
  /** Left edge of the picture in the input. */
  readonly left: number;
  /** Upper edge of the picture in the input. */
  readonly top: number;
}

/**
 * Returns the letterbox of a picture that is resized to fit an input, its proportions kept, and centered between
 * bars; edges in whole pixels, as Ultralytics rounds them. Throws `invalid` OPTION_INVALID for a size that is not
 * above 0.
 */
export function fitLetterbox(picture: Size, input: Size): Letterbox {
  for (const [name, size] of Object.entries({ picture, input }))
    for (const side of ['width', 'height'] as const)
      if (!(size[side] > 0 && Number.isFinite(size[side])))
        throw optionInvalid(`${name}.${side}`, size[side], 'a number of pixels above 0');
  const scale = Math.min(input.width / picture.width, input.height / picture.height);
  // The 0.1 decides halves: the bar of the odd pixel is at the right and at the bottom.
  const bar = (whole: number, part: number): number =>
    Math.max(0, Math.round((whole - Math.round(part * scale)) / 2 - 0.1));
  return { scale, left: bar(input.width, picture.width), top: bar(input.height, picture.height) };
}

/**
 * Returns boxes [n] in pixels of the picture from boxes in pixels of a letterboxed input. With `picture`, boxes
 * without an angle are cut at the edges of the picture. Throws `invalid` BOXES_INVALID.
 */
export function undoLetterbox(boxes: Boxes, { scale, left, top }: Letterbox, picture?: Size): Boxes {
  checkBoxes(boxes, 'boxes');
  if (!(scale > 0)) throw optionInvalid('scale', scale, 'a number above 0');
  const edges = (
    from: Boxes['x'],
    size: Boxes['x'],
    { bar, end }: { readonly bar: number; readonly end: number | undefined },
  ): [Float64Array, Float64Array] => {
    const cut = (value: number): number =>
      end === undefined || boxes.angle ? value : Math.min(end, Math.max(0, value));
    const low = Float64Array.from(from, (value) => cut((value - bar) / scale));
    return [low, low.map((value, i) => cut((from[i]! + size[i]! - bar) / scale) - value)];
  };
  const [x, width] = edges(boxes.x, boxes.width, { bar: left, end: picture?.width });
  const [y, height] = edges(boxes.y, boxes.height, { bar: top, end: picture?.height });
  return { x, y, width, height, ...(boxes.angle && { angle: boxes.angle }) };
}
