import { DomainError } from '@noema/kernel';

/** An object on a picture; positions are shares of its sides, from the upper left corner. */
export interface PictureObject {
  readonly label: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Outlines: x and y by turns. */
  readonly polygons?: readonly (readonly number[])[];
  readonly runs?: MaskRuns;
}

/** A file of the tree, or the bytes of one that a table holds. */
export interface Media {
  /** Path below the root of the tree, or the name that the table gives. */
  readonly path: string;
  readonly bytes?: Uint8Array;
  /** The part of the picture that counts, in shares of its sides. */
  readonly crop?: Pick<PictureObject, 'x' | 'y' | 'width' | 'height'>;
}

/** Pixels of an object in runs, column by column: outside, inside and so on by turns. */
export interface MaskRuns {
  readonly height: number;
  readonly width: number;
  readonly counts: readonly number[];
}

/** The objects of one picture. */
export interface PictureObjects {
  readonly objects: readonly PictureObject[];
  /** Path of a picture that has the class of each pixel as a color of the Pascal VOC map. */
  readonly mask?: string;
  readonly numbers?: ClassMask;
}

/** A picture whose gray values are the numbers of classes; 255 is unknown, or the only class of a binary mask. */
export interface ClassMask {
  readonly media: Media;
  readonly isBinary: boolean;
}

/** A picture and its objects. */
export interface AnnotatedPicture extends PictureObjects {
  readonly path: string;
  readonly split: string | null;
}

/** Pictures with objects, and the classes that objects can have, in the order of their numbers. */
export interface AnnotatedPictures {
  readonly labels: readonly string[];
  readonly pictures: readonly AnnotatedPicture[];
}

export const annotationInvalid = (file: string, why: string, cause?: unknown): DomainError =>
  new DomainError('invalid', 'ANNOTATION_INVALID', `${file} cannot be read: ${why}`, {
    metadata: { file },
    cause,
  });

/** Edges of a box, as shares. */
export interface Edges {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/**
 * The box between edges, cut at the edges of the picture. `undefined` for one that is not a rectangle, or that
 * leaves the picture by more than `tolerance` (a share of each side).
 */
export function toBox(
  { left, top, right, bottom }: Edges,
  tolerance: { readonly x: number; readonly y: number },
): Pick<PictureObject, 'x' | 'y' | 'width' | 'height'> | undefined {
  const isInside = (value: number, slack: number): boolean => value >= -slack && value <= 1 + slack;
  if (
    !(right >= left && bottom >= top) ||
    ![left, right].every((value) => isInside(value, tolerance.x)) ||
    ![top, bottom].every((value) => isInside(value, tolerance.y))
  )
    return undefined;
  const [x, y] = [clip(left), clip(top)];
  return { x, y, width: clip(right) - x, height: clip(bottom) - y };
}

export const clip = (value: number): number => Math.min(1, Math.max(0, value));

/** The classes of objects as a text, each once. */
export const listClasses = (objects: readonly PictureObject[]): string =>
  [...new Set(objects.map(({ label }) => label))].sort().join(', ');
