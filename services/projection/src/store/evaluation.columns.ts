import { type ArtifactStore, lossesOf, type MatrixFile, readMatrix } from '@noema/artifacts';
import type { ArtifactRef } from '@noema/kernel';
import type { Exploration } from '../domain/exploration.js';
import {
  classColumn,
  correctColumn,
  matchColumn,
  numberColumn,
  type PointColumn,
  probabilityColumn,
} from '../domain/point-columns.js';
import { type ColumnReaders, once } from './column.readers.js';

/** What a column of points is made of: the columns of the evaluation that it needs, and how. */
interface Recipe {
  readonly needs: readonly string[];
  readonly read: (file: MatrixFile) => Promise<PointColumn>;
}

/**
 * The columns that an evaluation has for points, by name: those of its task, and without ground truth none
 * that compares with it.
 */
export interface EvaluationColumns {
  names(): Promise<readonly string[]>;
  readonly readers: ColumnReaders;
}

/** Columns of the evaluation of an epoch. `classes` is the class of every point [n], −1 for none. */
export function evaluationColumns(
  store: ArtifactStore,
  evaluation: ArtifactRef,
  { classNames }: Exploration,
  classes: () => Promise<Int32Array>,
): EvaluationColumns {
  const file = once(async () => readMatrix(await store.get(evaluation)));
  const recipes = recipesOf(classNames, classes);
  return {
    async names() {
      const opened = await file();
      const stored = new Set(opened.columns.map(({ name }) => name));
      const isCompared = opened.uint8('has_loss').data.includes(1);
      return Object.entries(recipes)
        .filter(
          ([name, { needs }]) => needs.every((one) => stored.has(one)) && (name !== 'loss' || isCompared),
        )
        .map(([name]) => name);
    },
    readers: Object.fromEntries(
      Object.entries(recipes).map(([name, { read }]) => [name, async () => read(await file())]),
    ),
  };
}

function recipesOf(
  classNames: readonly string[],
  classes: () => Promise<Int32Array>,
): Readonly<Record<string, Recipe>> {
  const predicted = (file: MatrixFile): Int32Array => file.int32('predicted_class').data.slice();
  const probabilityOf = (file: MatrixFile, of: Int32Array): PointColumn => {
    const {
      data,
      dims: [width = 1],
    } = file.float32('probabilities');
    return probabilityColumn(data, width, of);
  };
  const numbers = (column: string): Recipe => ({
    needs: [column],
    read: (file) => Promise.resolve(numberColumn(file.float32(column).data)),
  });
  return {
    loss: { needs: ['loss'], read: (file) => Promise.resolve(numberColumn(lossesOf(file))) },
    correct: {
      needs: ['correct'],
      read: async (file) => {
        const { data } = file.uint8('correct');
        // Labels that do not exclude each other have no class; there every row with ground truth is compared.
        return file.columns.some(({ name }) => name === 'true_class')
          ? correctColumn(data, await classes())
          : matchColumn(data, file.uint8('has_loss').data);
      },
    },
    predicted_class: {
      needs: ['predicted_class'],
      read: (file) => Promise.resolve(classColumn(predicted(file), namesFor(file, classNames))),
    },
    confidence: {
      needs: ['predicted_class', 'probabilities'],
      read: (file) => Promise.resolve(probabilityOf(file, predicted(file))),
    },
    true_probability: {
      needs: ['true_class', 'probabilities'],
      read: async (file) => probabilityOf(file, await classes()),
    },
    prediction: {
      needs: ['predictions'],
      read: (file) => {
        const {
          data,
          dims: [width = 1],
        } = file.float32('predictions');
        return Promise.resolve(numberColumn(width === 1 ? data : data.filter((_, at) => at % width === 0)));
      },
    },
    target: {
      needs: ['targets'],
      read: (file) => {
        const {
          data,
          dims: [width = 1],
        } = file.float32('targets');
        return Promise.resolve(numberColumn(width === 1 ? data : data.filter((_, at) => at % width === 0)));
      },
    },
    residual: numbers('residual'),
    pixel_accuracy: numbers('pixel_accuracy'),
    iou: numbers('iou'),
  };
}

/**
 * The names of the data's classes where the model tells as many apart; another head's classes are called by
 * their numbers.
 */
function namesFor(file: MatrixFile, classNames: readonly string[]): readonly string[] {
  const {
    dims: [width = 1],
  } = file.float32('probabilities');
  return width === classNames.length || (width === 1 && classNames.length === 2) ? classNames : [];
}
