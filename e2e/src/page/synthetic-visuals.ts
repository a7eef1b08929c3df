import {
  audio,
  bars,
  encodeVisual,
  graph,
  imageWithBoxes,
  imageWithMask,
  series,
  spans,
  table,
  tensor,
  text,
  video,
} from '@noema/integration';

const [WIDTH, HEIGHT] = [320, 240];
const LABELS = ['road', 'car', 'person', 'tree'];

/** A grey scene of soft shapes, `[240, 320, 3]` bytes. */
const scene = tensor(
  Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, (_, at) => {
    const [x, y] = [Math.floor(at / 3) % WIDTH, Math.floor(at / 3 / WIDTH)];
    return 110 + 60 * Math.sin(x / 37) * Math.cos(y / 23) + (y > 150 ? 40 : 0) + 8 * (at % 3);
  }),
  [HEIGHT, WIDTH, 3],
);
const drawMask = (shift: number) =>
  tensor(
    Uint8Array.from({ length: WIDTH * HEIGHT }, (_, at) => {
      const [x, y] = [at % WIDTH, Math.floor(at / WIDTH)];
      if (Math.hypot(x - 90 - shift, y - 150) < 34 || Math.hypot(x - 150 - shift, y - 150) < 34) return 1;
      if (Math.abs(x - 240 - shift) < 14 && Math.abs(y - 120) < 50) return 2;
      return y > 170 ? 0 : 255;
    }),
    [HEIGHT, WIDTH],
  );

const visuals = {
  boxes: imageWithBoxes(
    scene,
    [
      { label: 'car', x: 40, y: 110, width: 90, height: 60 },
      { label: 'car', x: 48, y: 104, width: 92, height: 64, score: 0.91, predicted: true },
      { label: 'person', x: 220, y: 60, width: 40, height: 120, angle: 12 },
      { label: 'tree', x: 222, y: 4, width: 80, height: 40, score: 0.34, predicted: true },
    ],
    { labels: LABELS },
  ),
  mask: imageWithMask(scene, drawMask(0), {
    labels: LABELS,
    background: 255,
    instances: tensor(
      Uint8Array.from({ length: WIDTH * HEIGHT }, (_, at) => (at % WIDTH < 120 ? 1 : 2)),
      [HEIGHT, WIDTH],
    ),
    predicted: drawMask(8),
  }),
  tokens: text('The rain in Spain.', {
    offsets: [null, [0, 3], [4, 8], [9, 11], [12, 17], [17, 18], null],
  }),
  spans: spans(
    'Ada Lovelace wrote to Charles Babbage from Ockham Park in Surrey, a county of England, in July 1843.',
    [
      { start: 0, end: 12, label: 'person' },
      { start: 0, end: 12, label: 'person', score: 0.98, predicted: true },
      { start: 22, end: 37, label: 'person' },
      { start: 43, end: 54, label: 'place', score: 0.41, predicted: true },
      { start: 58, end: 64, label: 'place' },
      { start: 58, end: 85, label: 'region', score: 0.6, predicted: true },
      { start: 90, end: 99, label: 'date' },
    ],
    { labels: ['person', 'place', 'region', 'date'] },
  ),
  series: series(
    {
      voltage: Array.from({ length: 200 }, (_, i) => 5 * Math.sin(i / 9) + Math.sin(i / 2)),
      current: Array.from({ length: 200 }, (_, i) => 0.2 * Math.cos(i / 9)),
      temperature: Array.from({ length: 200 }, (_, i) => 20 + i / 40),
    },
    { axis: { unit: 's', step: 0.05 } },
  ),
  table: table(
    ['column', 'value'],
    [
      ['age', 37],
      ['income', 51_200.5],
      ['married', true],
      ['city', null],
    ],
  ),
  // A minute: a test stops it while it plays.
  audio: audio(
    Float32Array.from({ length: 480_000 }, (_, i) => {
      const seconds = (i / 8000) % 1.5;
      return 0.7 * Math.exp(-seconds) * Math.sin(2 * Math.PI * (300 + 900 * seconds) * seconds);
    }),
    { sampleRate: 8000 },
  ),
  graph: graph(
    ['C', 'C', 'C', 'C', 'C', 'C', 'O', 'C', 'O', 'N'].map((name, at) => ({
      name: `${name}${at + 1}`,
      group: { C: 'carbon', O: 'oxygen', N: 'nitrogen' }[name]!,
      ...(at < 6
        ? { x: Math.cos((at * Math.PI) / 3), y: Math.sin((at * Math.PI) / 3) }
        : { x: [2, -2, -2.5, -2.5][at - 6]!, y: [0, 0, -0.8, 0.8][at - 6]! }),
    })),
    [
      [0, 1, 2],
      [1, 2, 1],
      [2, 3, 2],
      [3, 4, 1],
      [4, 5, 2],
      [5, 0, 1],
      [0, 6, 1],
      [3, 7, 1],
      [7, 8, 2],
      [7, 9, 1],
    ],
  ),
  video: video(
    tensor(
      Uint8Array.from({ length: 24 * 48 * 64 }, (_, at) => {
        const [frame, y, x] = [Math.floor(at / 3072), Math.floor((at % 3072) / 64), at % 64];
        return Math.hypot(x - 8 - 2 * frame, y - 40 + 30 * Math.abs(Math.sin(frame / 4))) < 6 ? 240 : 20 + y;
      }),
      [24, 48, 64],
    ),
    { framesPerSecond: 12 },
  ),
  bars: bars(
    { 'sepal length': 5.1, 'sepal width': 3.5, 'petal length': -1.4, 'petal width': NaN },
    { unit: 'cm' },
  ),
};

/** One visual of every kind that a sample page shows, by its name. */
export const SYNTHETIC_VISUALS = Object.entries(visuals).map(([name, visual]) => ({
  name,
  ...encodeVisual(visual),
}));
