import { type ArtifactStore, lossesOf, readMatrix } from '@noema/artifacts';
import type { ArtifactRef } from '@noema/kernel';
import type { Exploration } from '../domain/exploration.js';
import { classColumn, correctColumn, numberColumn, probabilityColumn } from '../domain/point-columns.js';
import { type ColumnReaders, once } from './column.readers.js';

/** Columns of the evaluation of an epoch. `classes` is the class of every point [n], −1 for none. */
export function evaluationColumns(store: ArtifactStore, evaluation: ArtifactRef, { classNames }: Exploration, classes: () => Promise<Int32Array>): ColumnReaders {
  const file = once(async () => readMatrix(await store.get(evaluation)));
  const predicted = async (): Promise<Int32Array> => (await file()).int32('predicted_class').data.slice();
  const probabilityOf = async (of: Int32Array) => {
    const { data, dims: [width = 1] } = (await file()).float32('probabilities');
    return probabilityColumn(data, width, of);
  };
  return {
    loss: async () => numberColumn(lossesOf(await file())),
    correct: async () => correctColumn((await file()).uint8('correct').data, await classes()),
    predicted_class: async () => classColumn(await predicted(), classNames),
    confidence: async () => probabilityOf(await predicted()),
    true_probability: async () => probabilityOf(await classes()),
  };
}
