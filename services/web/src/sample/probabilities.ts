/** A class and the probability that the model gives to it. */
export interface ClassProbability {
  readonly index: number;
  readonly name: string;
  readonly probability: number;
}

/** Classes by falling probability; what is not a number comes last. */
export function byProbability(probabilities: readonly number[], names: readonly string[]): ClassProbability[] {
  const key = (p: number): number => (Number.isNaN(p) ? -1 : p);
  return probabilities.map((probability, index) => ({ index, name: names[index] ?? String(index), probability })).sort((a, b) => key(b.probability) - key(a.probability) || a.index - b.index);
}

/** The first classes, with the true one as the last of them when it is further down. */
export function topClasses(sorted: readonly ClassProbability[], most: number, trueClass: number): readonly ClassProbability[] {
  const top = sorted.slice(0, most);
  const own = sorted.find(({ index }) => index === trueClass);
  return own === undefined || top.includes(own) ? top : [...top.slice(0, most - 1), own];
}
