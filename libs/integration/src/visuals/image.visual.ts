import type { TensorLike } from '../tensor.js';
import type { VisualKind } from './visual-kind.js';

export interface ImageVisual {
  readonly kind: 'image';
  readonly pixels: TensorLike;
}

/**
 * A picture `[height, width]` or `[height, width, 1 | 3 | 4]`: bytes from 0 to 255, or other numbers from 0
 * to 1.
 */
export const image = (pixels: TensorLike): ImageVisual => ({ kind: 'image', pixels });

/** A picture, stored as PNG. */
export const imageKind: VisualKind<ImageVisual> = {
  key: 'image',
  mediaType: 'image/png',
  encode: ({ pixels }, encoders) => encoders.encodePicture(pixels),
};
