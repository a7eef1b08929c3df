import type { TensorLike } from '../tensor.js';
import { annotatePicture, pictureSize, type PictureSize } from './annotated-picture.js';
import { indexLabels, isLabelIndex, isLabels, labelRgb } from './class-labels.js';
import { drawLine } from './pixel-grid.js';
import { exactly, shortNumber, type VisualKind, visualInvalid } from './visual-kind.js';

/** A rectangle on a picture, in pixels; x grows to the right, y downward. */
export interface Box {
  /** Name of its class. */
  readonly label: string;
  /** Left edge before the rotation. */
  readonly x: number;
  /** Upper edge before the rotation. */
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Rotation about the center in degrees, clockwise. Default: 0. */
  readonly angle?: number;
  /** How certain the model is, 0 to 1. */
  readonly score?: number;
  /** True for a box that a model predicted, false for ground truth. Default: false. */
  readonly predicted?: boolean;
}

export interface BoxesVisual {
  readonly kind: 'boxes';
  readonly pixels: TensorLike;
  readonly boxes: readonly Box[];
  readonly labels?: readonly string[];
}

/** A stored box: `label` is an index of the labels. */
export interface StoredBox extends Omit<Box, 'label'> {
  readonly label: number;
}

/** Stored boxes on a picture. */
export interface StoredBoxes extends PictureSize {
  readonly kind: 'boxes';
  readonly labels: readonly string[];
  readonly boxes: readonly StoredBox[];
}

/**
 * A picture as for `image`, with boxes on it. `labels`, all class names of the dataset, gives a class the same
 * color at every sample; without it, only the classes of the sample have colors.
 */
export const imageWithBoxes = (
  pixels: TensorLike,
  boxes: readonly Box[],
  { labels }: { readonly labels?: readonly string[] } = {},
): BoxesVisual => ({ kind: 'boxes', pixels, boxes, ...(labels === undefined ? {} : { labels }) });

/** Boxes on a picture, at most. */
const MAX_BOXES = 2_000;
const SNIPPET_BOXES = 8;

/** A picture with boxes, stored as PNG with annotations. */
export const boxesKind: VisualKind<BoxesVisual, StoredBoxes> = {
  key: 'boxes',
  mediaType: 'image/vnd.noema.boxes+png',
  encode({ pixels, boxes, labels }, encoders) {
    const png = encoders.encodePicture(pixels);
    if (!Array.isArray(boxes) || boxes.length > MAX_BOXES)
      throw visualInvalid(`the boxes of a picture must be a list of at most ${MAX_BOXES}`);
    for (const [at, box] of boxes.entries()) requireBox(box, at);
    const index = indexLabels(
      boxes.map(({ label }: Box) => label),
      labels,
    );
    return annotatePicture(png, {
      ...pictureSize(png),
      labels: index.labels,
      boxes: boxes.map((box: Box) => toStored(box, index.indexOf(box.label))),
    });
  },
  hasForm(value, picture) {
    const parts = exactly(value, 'width', 'height', 'labels', 'boxes');
    if (parts === undefined || !isLabels(parts.labels) || !Array.isArray(parts.boxes)) return false;
    const { labels, boxes } = parts;
    return (
      parts.width === picture?.width &&
      parts.height === picture?.height &&
      boxes.length <= MAX_BOXES &&
      boxes.every((box) => isBox(box) && isLabelIndex(labels, box.label))
    );
  },
  read: (stored) => ({ kind: 'boxes', ...(JSON.parse(stored) as Omit<StoredBoxes, 'kind'>) }),
  snippet: ({ labels, boxes }) =>
    boxes
      .slice(0, SNIPPET_BOXES)
      .map(({ label, score }) => `${labels[label]}${score === undefined ? '' : ` ${shortNumber(score)}`}`)
      .join('\n'),
  paint({ width, height, boxes }, grid) {
    const [across, down] = [grid.width / width, grid.height / height];
    for (const box of boxes) {
      const corners = boxCorners(box).map(([x, y]) => [x * across, y * down] as const);
      corners.forEach((from, at) => {
        drawLine(grid, { from, to: corners[(at + 1) % 4]! }, labelRgb(box.label), box.predicted === true);
      });
    }
  },
};

/** The corners of a box in pixels of its picture, clockwise from the upper left. */
export function boxCorners({
  x,
  y,
  width,
  height,
  angle = 0,
}: Pick<Box, 'x' | 'y' | 'width' | 'height' | 'angle'>): (readonly [x: number, y: number])[] {
  const [sin, cos] = [Math.sin((angle * Math.PI) / 180), Math.cos((angle * Math.PI) / 180)];
  const [middleX, middleY] = [x + width / 2, y + height / 2];
  return (
    [
      [-width / 2, -height / 2],
      [width / 2, -height / 2],
      [width / 2, height / 2],
      [-width / 2, height / 2],
    ] as const
  ).map(([dx, dy]) => [middleX + dx * cos - dy * sin, middleY + dx * sin + dy * cos]);
}

const toStored = (
  { x, y, width, height, angle = 0, score, predicted = false }: Box,
  label: number,
): StoredBox => ({
  label,
  x,
  y,
  width,
  height,
  ...(angle === 0 ? {} : { angle }),
  ...(score === undefined ? {} : { score }),
  ...(predicted ? { predicted } : {}),
});

const isSide = (value: unknown): boolean => Number.isFinite(value) && (value as number) >= 0;
const isScore = (value: unknown): boolean => typeof value === 'number' && value >= 0 && value <= 1;
const CHECKS: Readonly<Record<string, (value: unknown) => boolean>> = {
  x: Number.isFinite,
  y: Number.isFinite,
  width: isSide,
  height: isSide,
  angle: Number.isFinite,
  score: isScore,
  predicted: (value) => typeof value === 'boolean',
};
const OPTIONAL = ['angle', 'score', 'predicted'];

function oddPart(box: object): string | undefined {
  return Object.entries(CHECKS).find(([name, isValid]) => {
    const value = (box as Readonly<Record<string, unknown>>)[name];
    return !(isValid(value) || (value === undefined && OPTIONAL.includes(name)));
  })?.[0];
}

function isBox(box: unknown): box is StoredBox {
  return (
    typeof box === 'object' &&
    box !== null &&
    oddPart(box) === undefined &&
    Object.keys(box).every((name) => name === 'label' || name in CHECKS)
  );
}

function requireBox(box: unknown, at: number): void {
  if (typeof box !== 'object' || box === null || typeof (box as Box).label !== 'string')
    throw visualInvalid(`box ${at} has no label; give { label, x, y, width, height } in pixels`);
  const odd = oddPart(box);
  if (odd !== undefined)
    throw visualInvalid(
      `"${odd}" of box ${at} is ${String((box as Readonly<Record<string, unknown>>)[odd])}; x, y and angle ` +
        'are finite numbers, width and height are not negative, a score is from 0 to 1, predicted is true ' +
        'or false',
    );
}
