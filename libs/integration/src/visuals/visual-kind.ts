import { DomainError } from '@noema/kernel/domain-error';

/** Encoders that run in the process of an integration and that a browser does not load. */
export interface VisualEncoders {
  /** Encodes pixels `[height, width]` or `[height, width, 1 | 3 | 4]` as PNG. */
  encodePicture(pixels: unknown): Uint8Array;
}

/**
 * One kind of visual: how it is encoded, what a stored one must be, and how it is read. The SDK, the host of
 * integrations and the page share the entry, so it imports nothing that a browser lacks.
 */
export interface VisualKind<V extends { readonly kind: string } = { readonly kind: string }> {
  readonly key: V['kind'];
  /** Under which it is stored and sent; no two kinds have the same. */
  readonly mediaType: string;
  /** Encodes a visual of this kind. Throws `invalid` VISUAL_INVALID for contents that it cannot have. */
  encode(visual: V, encoders: VisualEncoders): Uint8Array;
  /** Whether a decoded JSON value has the form of the kind; absent where it is not stored as JSON. */
  hasForm?(value: unknown): boolean;
  /** Decodes stored text; absent for pictures, which a browser decodes. */
  read?(stored: string): V;
  /** The beginning of the visual as text, for a thumbnail; absent for pictures. */
  snippet?(visual: V): string;
}

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
