import { readFileSync } from 'node:fs';
import { defineIntegration, oneHot, tensor } from '@noema/integration';

const SIDE = 8;
const CLASSES = ['left', 'middle', 'right'];

/**
 * How many samples there are: one number in a file next to this one, so that one program makes populations of
 * any size.
 */
const samples = (): number => Number(readFileSync(new URL('./samples.txt', import.meta.url), 'utf8'));

/** A bright spot in one of three places and noise that depends on nothing but the number of the sample. */
function pixels(index: number): Float32Array {
  const centre = [1.5, 3.5, 5.5][index % 3]!;
  let seed = (index * 2_654_435_761) >>> 0;
  return Float32Array.from({ length: SIDE * SIDE }, (_, i) => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.min(
      Math.exp(-(((i % SIDE) - centre) ** 2 + (Math.floor(i / SIDE) - 3.5) ** 2) / 3) + seed / 2 ** 34,
      1,
    );
  });
}

/** The requested number of made-up samples; none of them is ever in memory with another. */
export const integration = defineIntegration({
  name: 'synthetic',
  preprocess: () => {
    const training = Math.floor(samples() * 0.9);
    return {
      training: { length: training, data: { first: 0 } },
      validation: { length: samples() - training, data: { first: training } },
    };
  },
  inputs: { image: ({ index, data }) => tensor(pixels(data.first + index), [SIDE, SIDE, 1]) },
  groundTruths: { place: ({ index, data }) => oneHot((data.first + index) % 3, CLASSES) },
  metadata: { third: ({ index, data }) => (data.first + index) % 3 },
  predictions: { labels: CLASSES },
});
