import type { ResponseLayer } from '../population/population.js';

/** Returns the number of layers at the end that hold outputs: the last one, and others with one unit a class. */
export function countOutputs(layers: readonly ResponseLayer[], classes: number): number {
  const last = layers.findLastIndex(({ units }, at) => at < layers.length - 1 && units !== classes);
  return layers.length - 1 - last;
}
