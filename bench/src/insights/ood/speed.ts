import type { Population } from '@noema/insights';
import { seededRandom } from '@noema/kernel/random';

/** Returns a population of n samples: rows of another one with a little noise on their responses, 20 % held out. */
export function growPopulation(population: Population, n: number, seed: number): Population {
  const random = seededRandom(seed, 5);
  const from = Int32Array.from({ length: n }, () => Math.floor(random() * population.n));
  const { layers, values } = population.units!;
  const units = values.length / population.n;
  const grown = new Float32Array(units * n);
  for (let unit = 0; unit < units; unit++)
    for (let row = 0; row < n; row++)
      grown[unit * n + row] = values[unit * population.n + from[row]!]! * (0.98 + 0.04 * random());
  const classes = population.classNames.length;
  return {
    ...population,
    n,
    splits: ['training', 'validation'],
    splitCodes: Uint8Array.from(from, (_, row) => Number(row % 5 === 4)),
    labels: from.map((row) => Math.max(0, population.labels![row]!)),
    predicted: from.map((row) => population.predicted![row]!),
    losses: Float32Array.from(from, (row) => population.losses![row]!),
    probabilities: Float32Array.from(
      { length: n * classes },
      (_, at) => population.probabilities![from[Math.floor(at / classes)]! * classes + (at % classes)]!,
    ),
    history: [],
    spaces: [],
    neighbors: undefined,
    units: { layers, values: grown },
    metadata: [],
    inputs: undefined,
  };
}
