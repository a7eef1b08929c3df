import { readFileSync } from 'node:fs';
import type { Boxes, Predictions, Truths } from '../src/index.js';

type Nullable = number | null;

/** Values of published programs, by bench/reference/detection.py, which describes the columns. */
export interface Reference {
  readonly sets: readonly ({ readonly truths: string; readonly predictions: string } & Readonly<
    Record<
      'classes' | 'classRecall' | 'thresholds' | 'areas' | 'areaRecall' | 'limits' | 'limitRecall',
      readonly Nullable[]
    >
  >)[];
  readonly outcomes: readonly {
    readonly truths: string;
    readonly missed: readonly boolean[];
    readonly predictions: readonly string[];
    readonly boxes: string;
  }[];
  readonly rotated: { readonly pairs: string; readonly overlaps: readonly number[] };
  readonly suppressed: readonly {
    readonly boxes: string;
    readonly cases: readonly {
      readonly iouThreshold: number;
      readonly scoreThreshold: number;
      readonly perClass: boolean;
      readonly kept: readonly number[];
    }[];
  }[];
  readonly heads: {
    readonly rows: number;
    readonly columns: number;
    readonly stride: number;
    readonly classCount: number;
    readonly anchors: readonly (readonly [width: number, height: number])[];
  } & Readonly<
    Record<'v3' | 'v5' | 'v8', { readonly data: string; readonly expected: readonly (readonly number[])[] }>
  >;
  readonly anchors: readonly { readonly k: number; readonly sizes: string; readonly meanOverlap: number }[];
}

export const reference = JSON.parse(
  readFileSync(new URL('../../test/fixtures/detection.json', import.meta.url), 'utf8'),
) as Reference;

/** Returns the columns of whole numbers, [n, width] as base64. */
export function parseColumns(text: string, width: number): Float64Array[] {
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'));
  const values = new Int16Array(bytes.buffer);
  return Array.from({ length: width }, (_, column) =>
    Float64Array.from(values.filter((_, at) => at % width === column)),
  );
}

export const parseFloats = (text: string): Float32Array =>
  new Float32Array(Uint8Array.from(Buffer.from(text, 'base64')).buffer);

export function parseTruths(text: string): Truths & { readonly boxes: Boxes } {
  const [picture, classIndex, x, y, width, height, crowd, ignored, percent] = parseColumns(text, 9) as Nine;
  return {
    boxes: { x, y, width, height },
    picture: Int32Array.from(picture),
    classIndex: Int32Array.from(classIndex),
    crowd: Uint8Array.from(crowd),
    ignored: Uint8Array.from(ignored),
    area: percent.map((share, i) => (width[i]! * height[i]! * share) / 100),
  };
}

export function parsePredictions(text: string): Predictions {
  const [picture, classIndex, x, y, width, height, score] = parseColumns(text, 7) as Nine;
  return {
    boxes: { x, y, width, height },
    picture: Int32Array.from(picture),
    classIndex: Int32Array.from(classIndex),
    score: score.map((thousandths) => thousandths / 1000),
  };
}

type Column = Float64Array;
type Nine = [Column, Column, Column, Column, Column, Column, Column, Column, Column];
