import { encodePng } from './png.js';
import { toTensor } from './tensor.js';
import { type VisualEncoders, visualInvalid } from './visuals/visual-kind.js';
import { visualKinds } from './visuals/visual.registry.js';

/** A visual, encoded for storage and transfer. */
export interface EncodedVisual {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

const MAX_PIXELS = 1 << 24;
const ENCODERS: VisualEncoders = { encodePicture, toTensor };

/** Encodes a visual as its kind says: a picture as PNG, a text as UTF-8. Throws `invalid` VISUAL_INVALID. */
export function encodeVisual(visual: unknown): EncodedVisual {
  if (typeof visual !== 'object' || visual === null || !('kind' in visual))
    throw visualInvalid(
      `a visualizer must return a visual, such as image(…); known: ${visualKinds.keys().join(', ')}`,
    );
  const kind = visualKinds.find(String(visual.kind));
  if (kind === undefined)
    throw visualInvalid(
      `"${String(visual.kind)}" is not a kind of visual; known: ${visualKinds.keys().join(', ')}`,
    );
  return { mediaType: kind.mediaType, bytes: kind.encode(visual as { kind: string }, ENCODERS) };
}

function encodePicture(pixels: unknown): Uint8Array {
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
