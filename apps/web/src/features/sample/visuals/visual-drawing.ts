import type { StoredVisual } from '@noema/integration/visuals';
import type { ReactNode } from 'react';

/** How one kind of visual is drawn; the entry of the kind in `@noema/integration/visuals` reads it. */
export interface VisualDrawing<V extends { readonly kind: string } = { readonly kind: string }> {
  readonly key: V['kind'];
  /** `height` in CSS pixels is the available height. Absent for the annotations of a picture. */
  draw?(visual: V, height: number): ReactNode;
  /** Draws the annotations of a picture over it; absent for other kinds. */
  readonly annotations?: AnnotationDrawing<V>;
}

/** How the annotations of a picture are drawn, and which classes they have. */
export interface AnnotationDrawing<V extends { readonly kind: string }> {
  /** Whether the annotations cover the picture, so that their opacity can be set. */
  readonly isCovering: boolean;
  /** Class and source of each annotation. */
  list(visual: V): readonly Annotation[];
  /** Draws over the whole picture; `1` is a pixel of the picture at any zoom. */
  draw(visual: V, style: AnnotationStyle): ReactNode;
}

/** One box or region. */
export interface Annotation {
  /** Index of the labels. */
  readonly label: number;
  readonly predicted?: boolean;
}

export interface AnnotationStyle {
  /** Whether an annotation is shown. */
  isShown(annotation: Annotation): boolean;
  /** Whether the names of the classes are written next to the annotations. */
  readonly hasNames: boolean;
  /** 0 to 1. */
  readonly opacity: number;
  /** Whether areas are drawn by their outlines alone. */
  readonly isOutlined?: boolean;
}

/** Visual of a known kind. */
export type VisualOf<K extends StoredVisual['kind']> = Extract<StoredVisual, { readonly kind: K }>;
