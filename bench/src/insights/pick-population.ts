import type { MetadataColumn, Population } from '@noema/insights';

/** Returns rows of a population in the split `validation` with other metadata, without inputs and history. */
export function pickPopulation(
  population: Population,
  rows: Int32Array,
  metadata: readonly MetadataColumn[],
): Population {
  const { n, labels, predicted, probabilities, losses, spaces, units } = population;
  const pick = <T extends Int32Array | Float32Array>(values: T, width = 1): T => {
    const picked = new (values.constructor as new (length: number) => T)(rows.length * width);
    rows.forEach((row, to) => {
      picked.set(values.subarray(row * width, (row + 1) * width), to * width);
    });
    return picked;
  };
  const unitCount = units === undefined ? 0 : units.values.length / n;
  const unitValues = new Float32Array(unitCount * rows.length);
  for (let u = 0; u < unitCount; u++)
    unitValues.set(pick(units!.values.subarray(u * n, (u + 1) * n)), u * rows.length);
  return {
    n: rows.length,
    task: population.task,
    classNames: population.classNames,
    splitCodes: new Uint8Array(rows.length),
    splits: ['validation'],
    labels: labels && pick(labels),
    predicted: predicted && pick(predicted),
    probabilities: probabilities && pick(probabilities, probabilities.length / n),
    losses: losses && pick(losses),
    history: [],
    spaces: spaces.map((space) => ({ ...space, values: pick(space.values, space.width) })),
    units: units && { ...units, values: unitValues },
    metadata,
  };
}
