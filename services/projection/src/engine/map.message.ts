import { asDomainError, DomainError, type ErrorKind } from '@noema/kernel';
import type { MadeMap, MapInput } from '../domain/map.maker.js';
import type { MadePlaces, PlacesInput } from '../domain/places.maker.js';

/** What a thread is to make. */
export type MapWork = { readonly type: 'map'; readonly input: MapInput } | { readonly type: 'places'; readonly input: PlacesInput };

/** What the thread of a map says. */
export type MapMessage =
  | { readonly type: 'progress'; readonly done: number; readonly total: number; readonly unit: string; readonly message: string }
  | { readonly type: 'shown'; readonly coordinates: Float32Array }
  | { readonly type: 'made'; readonly made: MadeMap | MadePlaces }
  | { readonly type: 'failed'; readonly error: PlainError };

/** A DomainError as a message between threads carries it. */
export interface PlainError {
  readonly kind: ErrorKind;
  readonly reason: string;
  readonly message: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly stack: string | undefined;
}

export function toPlain(error: unknown): PlainError {
  const { kind, reason, message, metadata } = asDomainError(error);
  return { kind, reason, message, metadata, stack: error instanceof Error ? error.stack : undefined };
}

export const fromPlain = ({ kind, reason, message, metadata, stack }: PlainError): DomainError => new DomainError(kind, reason, message, { metadata, cause: stack });
