import { isPictureType, pictureSize, storedText, type VisualKind, visualKinds } from '@noema/integration';
import { answerInvalid } from './frame.js';

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const IHDR = 16;
const MAX_PIXELS = 2 ** 24;
const MAX_JSON_BYTES = 2 ** 22;
/** A visual of it is bytes that the page does not draw. */
const OPAQUE = 'application/octet-stream';

/** Media types that may be stored as a visual, and so served to browsers. */
export const mediaTypes = (): string[] => [...visualKinds.values().map(({ mediaType }) => mediaType), OPAQUE];

export const isMediaType = (text: string): boolean => mediaTypes().includes(text);

/** Checks a visual of one media type and returns it as it may be stored; many are checked by one function. */
export type VisualCheck = (blob: Buffer | null) => Buffer;

/**
 * The check of the visuals of a media type. It throws `invalid` INTEGRATION_ANSWER_INVALID for what is not of that
 * type.
 */
export function visualCheck(mediaType: string, refuse: (what: string) => Error = answerInvalid): VisualCheck {
  const kind = visualKinds.values().find((one) => one.mediaType === mediaType);
  const isPicture = isPictureType(mediaType);
  return (blob) => {
    if (blob === null) throw refuse('no picture where one should be');
    if (isPicture) requirePng(blob, refuse);
    if (kind?.isValid?.(blob) === false) throw refuse(`what is no ${mediaType}`);
    if (kind?.hasForm !== undefined) requireJson(blob, kind, refuse);
    return blob;
  };
}

function requirePng(blob: Buffer, refuse: (what: string) => Error): void {
  const known =
    blob.length > IHDR + 8 && blob.subarray(0, 8).equals(PNG) && blob.toString('latin1', 12, 16) === 'IHDR';
  const [width, height] = known ? [blob.readUInt32BE(IHDR), blob.readUInt32BE(IHDR + 4)] : [0, 0];
  if (width === 0 || height === 0 || width * height > MAX_PIXELS)
    throw refuse('a picture that is no PNG of at most 16 megapixels');
}

function requireJson(blob: Buffer, kind: VisualKind, refuse: (what: string) => Error): void {
  const { mediaType } = kind;
  const text = storedText(mediaType, blob);
  const bytes = text === undefined ? 0 : Buffer.byteLength(text);
  if (bytes > MAX_JSON_BYTES)
    throw refuse(`${bytes} bytes of ${mediaType}; at most ${MAX_JSON_BYTES} are kept`);
  try {
    const picture = isPictureType(mediaType) ? pictureSize(blob) : undefined;
    if (text !== undefined && kind.hasForm?.(JSON.parse(text), picture) === true) return;
  } catch {
    /* said below */
  }
  throw refuse(`what is no ${mediaType}`);
}
