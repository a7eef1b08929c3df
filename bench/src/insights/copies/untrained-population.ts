import type { Population } from '@noema/insights';
import type { Source } from '../sources/source.js';

/** Returns a population with the inputs of a source and without a model, as copies need none. */
export function untrainedPopulation(source: Source, splitCodes: Uint8Array): Population {
  const size = source.inputs.length / source.n;
  return {
    n: source.n,
    task: 'multi-class',
    classNames: source.classNames,
    splitCodes,
    splits: ['training', 'validation'],
    labels: source.labels,
    history: [],
    spaces: [],
    metadata: source.metadata,
    inputs: {
      kind: source.kind,
      shape: source.shape,
      read(rows) {
        const read = new Float32Array(rows.length * size);
        rows.forEach((row, to) => {
          read.set(source.inputs.subarray(row * size, (row + 1) * size), to * size);
        });
        return Promise.resolve(read);
      },
    },
  };
}
