import { classColor, FAINT, INK, LINE } from './palette.js';
import { document, heading, image, rect, text } from './svg.js';

/** A picture with the words below it. */
export interface Panel {
  readonly png: Uint8Array;
  readonly title: string;
  readonly lines: readonly string[];
}

export interface AnalysisPicture {
  readonly title: string;
  readonly below: string;
  readonly panels: readonly Panel[];
  readonly scores: readonly { readonly name: string; readonly index: number; readonly probability: number }[];
}

const SIZE = 260;
const GAP = 36;

/** Draws a sample next to its heat maps, and the probability of each class. */
export function drawAnalysis({ title, below, panels, scores }: AnalysisPicture): string {
  const width = 80 + panels.length * (SIZE + GAP) - GAP + 60 + 260;
  const height = 120 + SIZE + 130;
  const drawn = panels.map(({ png, title: name, lines }, i) => {
    const x = 40 + i * (SIZE + GAP);
    return [
      image({ x, y: 116, width: SIZE, height: SIZE }, png),
      rect({ x, y: 116, width: SIZE, height: SIZE }, 'none', `stroke="${LINE}"`),
      text(x, 116 + SIZE + 28, name, { size: 15, weight: 700 }),
      ...lines.map((line, l) => text(x, 116 + SIZE + 52 + l * 20, line, { size: 13, fill: FAINT })),
    ].join('');
  });
  return document(width, height, { title, description: below }, [
    heading(title, below),
    ...drawn,
    ...bars(scores, width - 300),
  ]);
}

function bars(scores: AnalysisPicture['scores'], x: number): string[] {
  const step = SIZE / scores.length;
  return scores.flatMap(({ name, index, probability }, i) => {
    const y = 116 + i * step;
    return [
      text(x + 22, y + step / 2 + 5, name, { anchor: 'end', weight: probability > 0.1 ? 700 : 400 }),
      rect(
        { x: x + 32, y: y + 4, width: Math.max(150 * probability, 1), height: step - 8 },
        classColor(index),
        'rx="2"',
      ),
      text(x + 40 + 150 * probability, y + step / 2 + 5, `${(probability * 100).toFixed(1)} %`, {
        size: 13,
        fill: probability > 0.1 ? INK : FAINT,
      }),
    ];
  });
}
