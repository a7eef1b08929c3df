import { encodePng } from '../png.js';
import { type TensorLike, toTensor } from '../tensor.js';
import { type VisualKind, visualInvalid } from './visual-kind.js';

export interface ImageVisual {
  readonly kind: 'image';
  readonly pixels: TensorLike;
}

/**
 * A picture `[height, width]` or `[height, width, 1 | 3 | 4]`: bytes from 0 to 255, or other numbers from 0
 * to 1.
 */
export const image = (pixels: TensorLike): ImageVisual => ({ kind: 'image', pixels });

const MAX_PIXELS = 1 << 24;

/** A picture, stored as PNG. */
export const imageKind: VisualKind<ImageVisual> = {
  key: 'image',
  mediaType: 'image/png',
  encode: ({ pixels }) => encodeImage(pixels),
};

function encodeImage(pixels: TensorLike): Uint8Array {
  const { data, dims, type } = toTensor(pixels);
  const [height = 0, width = 0, channels = 1] = dims;
  if (dims.length < 2 || dims.length > 3 || (channels !== 1 && channels !== 3 && channels !== 4)) {
    throw visualInvalid(
      `a picture needs the shape [height, width] or [height, width, 1, 3 or 4], not [${dims.join(', ')}]`,
    );
  }
  if (height * width > MAX_PIXELS)
    throw visualInvalid(
      `a picture of ${height} × ${width} is too large; at most ${MAX_PIXELS} pixels are kept`,
    );
  const scale = type === 'uint8' ? 1 : 255;
  const bytes = new Uint8Array(data.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Math.min(255, Math.max(0, Math.round(data[i]! * scale)));
  return encodePng({ width, height, channels, data: bytes });
}
