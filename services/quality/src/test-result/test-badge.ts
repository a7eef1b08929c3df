import type { TestCounts } from './test-result.js';

const HEIGHT = 20;
const PADDING = 8;
/** Width of a character of the 11 px font. */
const CHARACTER = 6.6;

const COLORS = { pass: '#1a7f37', fail: '#b42318', undecided: '#8a5a00', none: '#57606a' } as const;

/** Draws the counts as a badge of SVG, whose colour is that of the worst status. */
export function drawBadge({ pass, fail, undecided, unjudged }: TestCounts): string {
  const parts = [
    ...(fail > 0 ? [`${fail} failing`] : []),
    ...(undecided > 0 ? [`${undecided} undecided`] : []),
    ...(unjudged > 0 ? [`${unjudged} not judged`] : []),
    ...(pass > 0 ? [`${pass} passing`] : []),
  ];
  const text = parts.length === 0 ? 'none' : parts.join(', ');
  const worst =
    fail > 0 ? 'fail' : undecided > 0 ? 'undecided' : unjudged > 0 || pass === 0 ? 'none' : 'pass';
  const [label, shown] = [measure('tests'), measure(text)];
  const width = label + shown;
  const write = (x: number, words: string): string =>
    `<text x="${x.toFixed(1)}" y="14" text-anchor="middle">${words}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${HEIGHT}" role="img"`,
    ` aria-label="tests: ${text}"><title>tests: ${text}</title>`,
    `<rect width="${width}" height="${HEIGHT}" rx="3" fill="#24292f"/>`,
    `<rect x="${label}" width="${shown}" height="${HEIGHT}" rx="3" fill="${COLORS[worst]}"/>`,
    `<g fill="#fff" font-family="Verdana, DejaVu Sans, sans-serif" font-size="11">`,
    write(label / 2, 'tests'),
    write(label + shown / 2, text),
    '</g></svg>',
  ].join('');
}

const measure = (text: string): number => Math.ceil(text.length * CHARACTER + 2 * PADDING);
