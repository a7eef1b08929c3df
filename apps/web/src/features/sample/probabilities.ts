/** A class and the probability that the model gives to it. */
export interface ClassProbability {
  readonly index: number;
  readonly name: string;
  readonly probability: number;
}

/**
 * Color of the bar of a class, the same wherever probabilities are shown: the label predicted, another class
 * predicted, the label missed, and the rest.
 */
export function probabilityColor(isTrue: boolean, isPredicted: boolean): string {
  if (isTrue) return isPredicted ? '#0f8f79' : '#0072b2';
  return isPredicted ? '#d55e00' : 'light-dark(var(--mantine-color-gray-5), var(--mantine-color-dark-2))';
}

/** Classes by falling probability; what is not a number comes last. */
export function byProbability(
  probabilities: readonly number[],
  names: readonly string[],
): ClassProbability[] {
  const key = (p: number): number => (Number.isNaN(p) ? -1 : p);
  return probabilities
    .map((probability, index) => ({ index, name: names[index] ?? String(index), probability }))
    .sort((a, b) => key(b.probability) - key(a.probability) || a.index - b.index);
}

/** The first classes, with the true one as the last of them when it is further down. */
export function topClasses(
  sorted: readonly ClassProbability[],
  most: number,
  trueClass: number,
): readonly ClassProbability[] {
  const top = sorted.slice(0, most);
  const own = sorted.find(({ index }) => index === trueClass);
  return own === undefined || top.includes(own) ? top : [...top.slice(0, most - 1), own];
}
