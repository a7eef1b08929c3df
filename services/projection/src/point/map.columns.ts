import type { ArtifactStore } from '@noema/artifacts';
import type { ArtifactRef } from '@noema/kernel';
import { readMap } from '@noema/population/files';
import { EVALUATION_COLUMNS } from '@noema/population/rules';
import type { Exploration } from '../exploration/exploration.js';
import { classColumn, numberColumn } from './point-columns.js';
import { type ColumnReaders, once } from './column.readers.js';

/** Columns of the map's own artifact, and the class of every point [n], −1 for none. */
export function mapColumns(
  store: ArtifactStore,
  points: ArtifactRef,
  { dimensions, clusters, classNames, pointCount, placed }: Exploration,
): { columns: ColumnReaders; classes: () => Promise<Int32Array> } {
  const map = once(async () => readMap(await store.get(points)));
  const axis = (at: number) => async () => numberColumn(everyNth((await map()).coordinates, dimensions, at));
  const classes = async (): Promise<Int32Array> => (await map()).classes.slice();
  return {
    classes,
    columns: {
      x: axis(0),
      y: axis(1),
      ...(dimensions === 3 && { z: axis(2) }),
      row: async () => ({ type: 'index', values: Int32Array.from({ length: pointCount }, (_, row) => row) }),
      cluster: async () =>
        classColumn(
          (await map()).clusters.slice(),
          clusters.map(({ index }) => String(index)),
        ),
      trust: async () => numberColumn((await map()).trust),
      ...(classNames.length > 0 && {
        [EVALUATION_COLUMNS.trueClass]: async () => classColumn(await classes(), classNames),
      }),
      ...(placed && {
        origin: async () => ({
          type: 'code',
          names: ['map', 'placed'],
          values: Int32Array.from({ length: pointCount }, (_, row) => (row < placed.firstRow ? 0 : 1)),
        }),
      }),
    },
  };
}

function everyNth(values: Float32Array, step: number, from: number): Float32Array {
  const picked = new Float32Array(values.length / step);
  for (let i = 0; i < picked.length; i++) picked[i] = values[i * step + from]!;
  return picked;
}
