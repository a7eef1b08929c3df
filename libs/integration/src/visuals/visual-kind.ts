import { DomainError } from '@noema/kernel/domain-error';
import { type PictureSize, readAnnotation } from './annotated-picture.js';
import type { PixelGrid } from './pixel-grid.js';

export type { PixelGrid } from './pixel-grid.js';

/** Encoders that run in the process of an integration and that a browser does not load. */
export interface VisualEncoders {
  /** Encodes pixels `[height, width]` or `[height, width, 1 | 3 | 4]` as PNG. */
  encodePicture(pixels: unknown): Uint8Array;
  /** Reads numbers with a shape. Throws `invalid` TENSOR_INVALID. */
  toTensor(value: unknown): {
    readonly data: Float32Array;
    readonly dims: readonly number[];
    /** `uint8` for bytes. */
    readonly type: string;
  };
}

/**
 * One kind of visual: how it is encoded, what a stored one must be, and how it is read. The SDK, the host of
 * integrations and the page share the entry, so it imports nothing that a browser lacks.
 */
export interface VisualKind<
  V extends { readonly kind: string } = { readonly kind: string },
  Stored extends { readonly kind: string } = V,
> {
  readonly key: V['kind'];
  /** Under which it is stored and sent; no two kinds have the same. */
  readonly mediaType: string;
  /** True where it shows a text. */
  readonly isText?: boolean;
  /** Encodes a visual of this kind. Throws `invalid` VISUAL_INVALID for contents that it cannot have. */
  encode(visual: V, encoders: VisualEncoders): Uint8Array;
  /**
   * Whether a decoded JSON value has the form of the kind; absent where it is not stored as JSON. The JSON of
   * a picture is its annotations.
   */
  hasForm?(value: unknown, picture?: PictureSize): boolean;
  /** Whether stored bytes are of the kind; absent for pictures, texts and JSON. */
  isValid?(bytes: Uint8Array): boolean;
  /** Decodes stored bytes; absent for pictures, texts and JSON. */
  readBytes?(bytes: Uint8Array): Stored;
  /** Decodes the stored text, which `storedText` returns; absent for plain pictures. */
  read?(stored: string): Stored;
  /** The beginning of the visual as text, for a thumbnail; absent for plain pictures. */
  snippet?(visual: Stored): string;
  /** Draws the annotations of a picture on its thumbnail; absent for kinds without any. */
  paint?(visual: Stored, thumbnail: PixelGrid): void;
}

/** Whether a media type is that of pictures, with or without annotations. */
export const isPictureType = (mediaType: string): boolean => mediaType.startsWith('image/');

/** One for all visuals: making a decoder costs more than a short text. */
const decoder = new TextDecoder();

/** Returns the text that a kind reads: all of it, or the annotations of a picture, `undefined` without any. */
export const storedText = (mediaType: string, bytes: Uint8Array): string | undefined =>
  isPictureType(mediaType) ? readAnnotation(bytes) : decoder.decode(bytes);

export const visualInvalid = (why: string): DomainError => new DomainError('invalid', 'VISUAL_INVALID', why);

export const jsonMediaType = (key: string): string => `application/vnd.noema.${key}+json`;

export const encodeText = (text: string): Uint8Array => new TextEncoder().encode(text);

export const encodeJson = (value: object): Uint8Array => encodeText(JSON.stringify(value));

/** A number in three significant digits, for a thumbnail; a dash for one that does not exist. */
export const shortNumber = (value: number): string =>
  Number.isNaN(value) ? '–' : String(Number(value.toPrecision(3)));

/** The entries of an object with exactly these keys; `undefined` for anything else. */
export function exactly<K extends string>(value: unknown, ...keys: K[]): Record<K, unknown> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const has = Object.keys(value);
  return has.length === keys.length && keys.every((key) => has.includes(key))
    ? (value as Record<K, unknown>)
    : undefined;
}

export const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');
