import { InvalidArgumentError } from 'commander';

/** Parses a learning rate. Throws where it is not a number above 0. */
export function learningRate(text: string): number {
  const rate = Number(text);
  if (!(rate > 0) || rate === Infinity)
    throw new InvalidArgumentError('Give a number above 0, such as 0.001.');
  return rate;
}

/** Help on the names by which layers are chosen. */
export const LAYERS =
  'layers whose responses are followed into vectors and maps, divided by commas: names, patterns with ' +
  '*, or the word blocks for what `noema models layers` proposes';

/** Parses names of layers. Throws if there are no names. */
export function layerNames(text: string): string[] {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (names.length === 0)
    throw new InvalidArgumentError('Give names of layers divided by commas, such as conv1,conv2 or conv*.');
  return names;
}
