import type { Point } from './raster.js';

/** Strokes in a box of 10 × 16, y downwards. */
type Glyph = readonly (readonly Point[])[];

const arc = (x: number, y: number, rx: number, ry: number, from: number, to: number): Point[] =>
  Array.from({ length: 25 }, (_, i) => {
    const angle = ((from + ((to - from) * i) / 24) * Math.PI) / 180;
    return [x + rx * Math.cos(angle), y + ry * Math.sin(angle)] as const;
  });

const GLYPHS: Readonly<Record<string, Glyph>> = {
  '0': [arc(5, 8, 4, 7, 0, 360)],
  '1': [
    [
      [2.2, 3.6],
      [5.6, 1],
      [5.6, 15],
    ],
  ],
  '2': [[...arc(5, 5, 3.8, 4, 190, 390), [1.2, 15], [9, 15]]],
  '3': [[...arc(4.8, 4.6, 3.5, 3.6, 200, 450), ...arc(4.8, 11.4, 4, 3.6, 270, 520)]],
  '4': [
    [
      [6.8, 15],
      [6.8, 1],
      [0.8, 11],
      [9.4, 11],
    ],
  ],
  '5': [[[8.4, 1], [2.2, 1], [1.6, 7.4], ...arc(4.8, 10.4, 4, 4.6, 225, 510)]],
  '6': [[...arc(7.6, 9.4, 6.4, 8.6, 275, 180), ...arc(5.1, 10.6, 3.9, 4.4, 180, 540)]],
  '7': [
    [
      [1, 1],
      [9, 1],
      [4, 15],
    ],
  ],
  '8': [arc(5, 4.5, 3.3, 3.5, 0, 360), arc(5, 11.5, 4, 3.5, 0, 360)],
  '9': [[...arc(2.4, 6.6, 6.4, 8.6, 95, 0), ...arc(4.9, 5.4, 3.9, 4.4, 0, 360)]],
  '.': [
    [
      [5, 14.6],
      [5, 14.6],
    ],
  ],
  '<': [
    [
      [8.6, 3.4],
      [1.6, 8],
      [8.6, 12.6],
    ],
  ],
};

/**
 * The strokes of a number of the given height, centred at the point or starting there; characters other than
 * digits, `.` and `<` are left out.
 */
export function numeral(
  text: string,
  [x, y]: Point,
  height: number,
  align: 'centre' | 'left' = 'centre',
): Point[][] {
  const scale = height / 16;
  const characters = [...text].filter((c) => c in GLYPHS);
  const advance = 12.5 * scale;
  const left = align === 'left' ? x : x - (characters.length * advance - 2.5 * scale) / 2;
  return characters.flatMap((c, i) =>
    GLYPHS[c]!.map((stroke) =>
      stroke.map(([px, py]) => [left + i * advance + px * scale, y - height / 2 + py * scale] as const),
    ),
  );
}
