import { readFileSync } from 'node:fs';
import { readDigits, SIDE } from '@noema/example-mnist';
import { defineIntegration, oneHot, tensor } from '@noema/integration';
import { seededRandom } from '@noema/kernel';

const LABELS = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];
const FARTHEST = 3;

/** How many samples there are: one number in a file next to this one. */
const samples = (): number => Number(readFileSync(new URL('./samples.txt', import.meta.url), 'utf8'));

const digits = readDigits();
const STRIDE = 7919;
/** The digit that a sample is a view of, in an order that mixes the labels. */
const getDigit = (index: number) => digits[(index * STRIDE) % digits.length]!;

/**
 * A real digit moved by up to three pixels each way, with noise of a tenth of the ink; which digit and how
 * follows from the sample's number alone.
 */
function pixels(index: number): Float32Array {
  const random = seededRandom(index);
  const [right, down] = [0, 1].map(() => Math.floor(random() * (2 * FARTHEST + 1)) - FARTHEST) as [
    number,
    number,
  ];
  const from = getDigit(index).pixels;
  return Float32Array.from({ length: SIDE * SIDE }, (_, i) => {
    const [x, y] = [(i % SIDE) - right, Math.floor(i / SIDE) - down];
    const ink = x < 0 || y < 0 || x >= SIDE || y >= SIDE ? 0 : from[y * SIDE + x]! / 255;
    return Math.min(1, ink + random() / 10);
  });
}

/**
 * Digits in any number, as many views of the 10,000 real ones as it takes; none is in memory with another.
 */
export const integration = defineIntegration({
  name: 'shifted digits',
  preprocess: () => {
    const training = Math.floor(samples() * 0.8);
    return {
      training: { length: training, data: { first: 0 } },
      validation: { length: samples() - training, data: { first: training } },
    };
  },
  inputs: { image: ({ index, data }) => tensor(pixels(data.first + index), [SIDE, SIDE, 1]) },
  groundTruths: { digit: ({ index, data }) => oneHot(getDigit(data.first + index).label, LABELS) },
  metadata: { label: ({ index, data }) => getDigit(data.first + index).label },
  predictions: { labels: LABELS },
});
