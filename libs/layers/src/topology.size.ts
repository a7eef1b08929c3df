import { modelTooLarge } from './layers.errors.js';

/**
 * Maximum number of layers of a model, including nested models. NASNetLarge, the largest of Keras, has 1,041.
 */
export const MAX_LAYERS = 2_048;
/** Models inside each other. */
export const MAX_DEPTH = 32;

interface Level {
  readonly layers: readonly unknown[];
  readonly depth: number;
}

/**
 * Counts the layers of a config before processing them, without recursion. Throws `invalid`
 * MODEL_LAYERS_EXCEEDED.
 */
export function requireSize(config: unknown): void {
  let count = 0;
  const levels = readLevel(config, 1);
  for (let level = levels.pop(); level !== undefined; level = levels.pop()) {
    const { layers, depth } = level;
    count += layers.length;
    if (count > MAX_LAYERS) throw modelTooLarge('layers', MAX_LAYERS);
    if (depth > MAX_DEPTH) throw modelTooLarge('models inside each other', MAX_DEPTH);
    for (const layer of layers) levels.push(...readLevel(readField(layer, 'config'), depth + 1));
  }
}

/** The layers of a model's config, or the one that a wrapper wraps. */
function readLevel(config: unknown, depth: number): Level[] {
  const layers = Array.isArray(config) ? (config as unknown[]) : readField(config, 'layers');
  const wrapped = readField(config, 'layer');
  return [Array.isArray(layers) ? (layers as unknown[]) : [], wrapped === undefined ? [] : [wrapped]]
    .filter((found) => found.length > 0)
    .map((found) => ({ layers: found, depth }));
}

const readField = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
