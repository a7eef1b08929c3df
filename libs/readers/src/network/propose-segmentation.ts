import { Graph } from './graph.js';
import type { NamedTensor, Network } from './network.js';

/** Sides from which pictures are halved once more, and how often they are at most. */
const MIN_HALVED = 12;
const MAX_HALVED = 3;
const FILTERS = 16;

/**
 * A small U-Net (Ronneberger et al. 2015) that gives the class of each pixel: convolutions and poolings down, and up
 * again with the results of the way down. `undefined` where the mask has another size than the picture.
 */
export function proposeSegmentation(input: NamedTensor, output: NamedTensor): Network | undefined {
  const [height, width] = input.dims as [number, number];
  if (output.dims[0] !== height || output.dims[1] !== width) return undefined;
  let halved = 0;
  while (halved < MAX_HALVED && Math.min(height, width) >= MIN_HALVED * 2 ** halved) halved++;
  // sides that cannot be halved get a margin, which is cut off in the end
  const margin = [height, width].map((side) => [0, (2 ** halved - (side % 2 ** halved)) % 2 ** halved]);
  const hasMargin = margin.some(([, more]) => more !== 0);
  const graph = new Graph(input);
  const convolve = (name: string, filters: number): string =>
    graph.add('Conv2D', name, { filters, kernel_size: 3, padding: 'same', activation: 'relu' });
  if (hasMargin) graph.add('ZeroPadding2D', 'margin', { padding: margin });
  const sides: string[] = [];
  for (let level = 1; level <= halved; level++) {
    sides.push(convolve(`down${level}`, FILTERS * 2 ** (level - 1)));
    graph.add('MaxPooling2D', `pool${level}`, { pool_size: 2 });
  }
  convolve('middle', FILTERS * 2 ** halved);
  for (let level = halved; level > 0; level--) {
    const raised = graph.add('UpSampling2D', `raise${level}`, { size: 2 });
    graph.add('Concatenate', `join${level}`, { axis: -1 }, [raised, sides[level - 1]!]);
    convolve(`up${level}`, FILTERS * 2 ** (level - 1));
  }
  if (hasMargin) graph.add('Cropping2D', 'cut', { cropping: margin });
  graph.add('Conv2D', output.name, { filters: output.dims[2], kernel_size: 1, activation: 'softmax' });
  return graph.finish();
}
