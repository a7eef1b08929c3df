import type { ReactNode } from 'react';

/** One kind of visual on the page: how it is read, drawn, and put where there is little room. */
export interface VisualKind<V extends { readonly kind: string } = { readonly kind: string }> {
  readonly key: V['kind'];
  /** Its media type, or how that begins. */
  readonly mediaType: string;
  read(text: string): V;
  /** Its beginning as text. */
  snippet(visual: V): string;
  /** `height` in CSS pixels is the room that it has. */
  draw(visual: V, height: number): ReactNode;
}

export const jsonMediaType = (key: string): string => `application/vnd.noema.${key}+json`;

/** A number where there is little room. */
export const short = (value: number): string => String(Number(value.toPrecision(3)));
