import { DomainError } from '@noema/kernel';

/** One kind of visual: how it is encoded, and what a stored one must be. */
export interface VisualKind<V extends { readonly kind: string } = { readonly kind: string }> {
  readonly key: V['kind'];
  /** Under which it is stored and sent; no two kinds have the same. */
  readonly mediaType: string;
  /** Encodes a visual of this kind. Throws `invalid` VISUAL_INVALID for contents that it cannot have. */
  encode(visual: V): Uint8Array;
  /** Whether a decoded JSON value has the form of the kind; absent where it is not stored as JSON. */
  hasForm?(value: unknown): boolean;
}

export const visualInvalid = (why: string): DomainError => new DomainError('invalid', 'VISUAL_INVALID', why);

export const jsonMediaType = (key: string): string => `application/vnd.noema.${key}+json`;

export const encodeJson = (value: object): Uint8Array => Buffer.from(JSON.stringify(value));

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
