import type { MaskRuns } from './annotated.js';

const MAX_PIXELS = 100_000_000;

/**
 * Reads a mask of runs as COCO states it: `size` is height and width, `counts` a list, or the text into which
 * pycocotools compresses one. Returns the fault as a text.
 */
export function readRuns(segmentation: object, height: number, width: number): MaskRuns | string {
  const { size, counts } = segmentation as { readonly size?: unknown; readonly counts?: unknown };
  if (!Array.isArray(size) || size.length !== 2 || size[0] !== height || size[1] !== width)
    return `a mask of the size ${JSON.stringify(size)}, and its picture has [${height},${width}]`;
  if (height * width > MAX_PIXELS) return `a mask of more than ${MAX_PIXELS} pixels`;
  const runs = typeof counts === 'string' ? decodeCounts(counts) : counts;
  const isCount = (count: unknown): boolean => Number.isInteger(count) && (count as number) >= 0;
  if (!Array.isArray(runs) || !runs.every(isCount)) return 'a mask without a list of the lengths of its runs';
  const pixels = (runs as number[]).reduce((sum, count) => sum + count, 0);
  return pixels === height * width
    ? { height, width, counts: runs as number[] }
    : `a mask with runs of ${pixels} pixels together, and its picture has ${height * width}`;
}

/**
 * Lengths from their text: groups of five bits from the lowest, the sixth continues a number, and numbers from the
 * fourth on are differences to the number two before (`rleFrString` of pycocotools).
 */
function decodeCounts(text: string): number[] {
  const counts: number[] = [];
  for (let at = 0; at < text.length; ) {
    let value = 0;
    let shift = 0;
    let code = 0;
    do {
      code = text.charCodeAt(at++) - 48;
      // no picture has a run of more than 30 bits
      if (!(code >= 0 && code < 64) || shift > 30) return [NaN];
      value += (code & 31) * 2 ** shift;
      shift += 5;
    } while ((code & 32) !== 0);
    if ((code & 16) !== 0) value -= 2 ** shift;
    counts.push(counts.length > 2 ? value + counts[counts.length - 2]! : value);
  }
  return counts;
}

/** Calls back with each run of pixels of a mask of `[height, width]`, row-major, by the nearest pixels of the runs. */
export function fillRuns(
  { height, width, counts }: MaskRuns,
  [rows, columns]: readonly [number, number],
  set: (pixel: number) => void,
): void {
  const mask = new Uint8Array(height * width);
  let at = 0;
  for (const [i, count] of counts.entries()) {
    if (i % 2 === 1) mask.fill(1, at, at + count);
    at += count;
  }
  for (let row = 0; row < rows; row++) {
    const y = Math.floor(((row + 0.5) * height) / rows);
    for (let column = 0; column < columns; column++) {
      const x = Math.floor(((column + 0.5) * width) / columns);
      if (mask[x * height + y] === 1) set(row * columns + column);
    }
  }
}
