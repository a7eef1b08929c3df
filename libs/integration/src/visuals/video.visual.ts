import { annotatePicture, type PictureSize } from './annotated-picture.js';
import type { TensorLike } from '../tensor.js';
import { exactly, shortNumber, type VisualKind, visualInvalid } from './visual-kind.js';

export interface VideoVisual {
  readonly kind: 'video';
  readonly frames: TensorLike;
  readonly framesPerSecond: number;
}

/** A stored video: frames side by side on one picture, line by line, from the left. */
export interface StoredVideo {
  readonly kind: 'video';
  readonly frameCount: number;
  /** Frames in a line of the picture. */
  readonly columns: number;
  /** Width and height of one frame in pixels. */
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
}

/**
 * Frames `[frames, height, width]` or `[frames, height, width, 1 | 3 | 4]`, as numbers from 0 to 1 or bytes. A heat map
 * of an input with as many steps as frames lies under them.
 */
export const video = (
  frames: TensorLike,
  { framesPerSecond = 10 }: { readonly framesPerSecond?: number } = {},
): VideoVisual => ({ kind: 'video', frames, framesPerSecond });

const MAX_FRAMES = 1_000;
/** Pixels of all frames. */
const MAX_PIXELS = 2 ** 24;
const MAX_RATE = 1_000;

/** A video, stored as PNG of all frames, which every list can show, with their number and size. */
export const videoKind: VisualKind<VideoVisual, StoredVideo> = {
  key: 'video',
  mediaType: 'image/vnd.noema.video+png',
  encode({ frames, framesPerSecond }, encoders) {
    const { data, dims, type } = encoders.toTensor(frames);
    const [frameCount = 0, height = 0, width = 0, channels = 1] = dims;
    if (dims.length < 3 || dims.length > 4 || ![1, 3, 4].includes(channels))
      throw visualInvalid(
        'a video needs the shape [frames, height, width] or [frames, height, width, 1, 3 or 4], not ' +
          `[${dims.join(', ')}]`,
      );
    if (!(framesPerSecond > 0 && framesPerSecond <= MAX_RATE))
      throw visualInvalid(
        `the video has ${framesPerSecond} frames per second; give more than 0, at most ${MAX_RATE}`,
      );
    const columns = Math.min(frameCount, Math.ceil(Math.sqrt((frameCount * height) / width)));
    const lines = Math.ceil(frameCount / columns);
    if (frameCount > MAX_FRAMES || columns * width * lines * height > MAX_PIXELS)
      throw visualInvalid(
        `a video of ${frameCount} frames of ${height} × ${width} is too large; at most ${MAX_FRAMES} frames and ` +
          `${MAX_PIXELS} pixels are kept`,
      );
    const sheet = new (type === 'uint8' ? Uint8Array : Float32Array)(
      columns * width * lines * height * channels,
    );
    const line = width * channels;
    for (let frame = 0; frame < frameCount; frame++)
      for (let y = 0; y < height; y++) {
        const from = (frame * height + y) * line;
        const row = Math.floor(frame / columns) * height + y;
        sheet.set(data.subarray(from, from + line), (row * columns + (frame % columns)) * line);
      }
    const png = encoders.encodePicture({ data: sheet, shape: [lines * height, columns * width, channels] });
    return annotatePicture(png, { frameCount, columns, width, height, framesPerSecond });
  },
  hasForm: (value, picture) => isVideo(value, picture),
  read: (stored) => ({ kind: 'video', ...(JSON.parse(stored) as Omit<StoredVideo, 'kind'>) }),
  snippet: ({ frameCount, framesPerSecond }) =>
    `${frameCount} ${frameCount === 1 ? 'frame' : 'frames'}, ${shortNumber(frameCount / framesPerSecond)} s`,
};

const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0;

/** Whether all frames lie on the picture. */
function isVideo(value: unknown, picture: PictureSize | undefined): boolean {
  const parts = exactly(value, 'frameCount', 'columns', 'width', 'height', 'framesPerSecond');
  if (parts === undefined || picture === undefined) return false;
  const { frameCount, columns, width, height, framesPerSecond } = parts;
  return (
    isSize(frameCount) &&
    frameCount <= MAX_FRAMES &&
    isSize(columns) &&
    isSize(width) &&
    isSize(height) &&
    typeof framesPerSecond === 'number' &&
    framesPerSecond > 0 &&
    framesPerSecond <= MAX_RATE &&
    columns * width === picture.width &&
    Math.ceil(frameCount / columns) * height === picture.height
  );
}
