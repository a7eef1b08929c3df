import type { Visual } from '@noema/integration/visuals';
import type { ReactNode } from 'react';

/** How one kind of visual is drawn; the entry of the kind in `@noema/integration/visuals` reads it. */
export interface VisualDrawing<V extends { readonly kind: string } = { readonly kind: string }> {
  readonly key: V['kind'];
  /** `height` in CSS pixels is the available height. */
  draw(visual: V, height: number): ReactNode;
}

/** Visual of a known kind. */
export type VisualOf<K extends Visual['kind']> = Extract<Visual, { readonly kind: K }>;
