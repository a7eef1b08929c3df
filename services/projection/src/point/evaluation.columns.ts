import type { ArtifactStore } from '@noema/artifacts';
import type { ArtifactRef } from '@noema/kernel';
import { EvaluationFile, type RowNumbers, type StoredOutput } from '@noema/population/files';
import {
  classNamesFor,
  EVALUATION_COLUMNS as COLUMNS,
  metricColumn,
  metricName,
} from '@noema/population/rules';
import type { Exploration } from '../exploration/exploration.js';
import {
  classColumn,
  correctColumn,
  matchColumn,
  numberColumn,
  type PointColumn,
  probabilityColumn,
} from './point-columns.js';
import { once } from './column.readers.js';

/** Reads a column of points from the evaluation, where the evaluation has it. */
interface Recipe {
  readonly isThere: (output: StoredOutput) => boolean;
  readonly read: (output: StoredOutput) => Promise<PointColumn>;
}

/**
 * The columns of points that the evaluation has by its task; without ground truth none that compares with it.
 */
export interface EvaluationColumns {
  names(): Promise<readonly string[]>;
  /** The reader of a column; undefined for columns that evaluations do not have. */
  reader(name: string): (() => Promise<PointColumn>) | undefined;
}

/** Columns of the evaluation of an epoch. `classes` is the class of every point [n], −1 for none. */
export function evaluationColumns(
  store: ArtifactStore,
  evaluation: ArtifactRef,
  { classNames }: Exploration,
  classes: () => Promise<Int32Array>,
): EvaluationColumns {
  const output = once(async () => EvaluationFile.read(await store.get(evaluation)).first);
  const recipes = recipesOf(classNames, classes);
  return {
    async names() {
      const opened = await output();
      return [
        ...Object.entries(recipes)
          .filter(([, { isThere }]) => isThere(opened))
          .map(([name]) => name),
        ...opened.metrics.map(({ name }) => metricColumn(name)),
      ];
    },
    reader(column) {
      const recipe = Object.hasOwn(recipes, column) ? recipes[column] : metricRecipe(column);
      return recipe && (async () => recipe.read(await output()));
    },
  };
}

/** A metric of the integration of the data, which only the evaluation knows. */
function metricRecipe(column: string): Recipe | undefined {
  const name = metricName(column);
  if (name === undefined) return undefined;
  const find = ({ metrics }: StoredOutput) => metrics.find((metric) => metric.name === name);
  return {
    isThere: (output) => find(output) !== undefined,
    read: (output) => Promise.resolve(numberColumn(find(output)!.values)),
  };
}

function recipesOf(
  classNames: readonly string[],
  classes: () => Promise<Int32Array>,
): Readonly<Record<string, Recipe>> {
  const probabilityOf = ({ probabilities }: StoredOutput, of: Int32Array): PointColumn =>
    probabilityColumn(probabilities!.data, probabilities!.width, of);
  const numbers = (of: (output: StoredOutput) => RowNumbers | Float32Array | undefined): Recipe => ({
    isThere: (output) => of(output) !== undefined,
    read: (output) => Promise.resolve(numberColumn(firstNumbers(of(output)!))),
  });
  return {
    [COLUMNS.loss]: {
      isThere: ({ isCompared }) => isCompared,
      read: ({ losses }) => Promise.resolve(numberColumn(losses)),
    },
    [COLUMNS.correct]: {
      isThere: ({ correct }) => correct !== undefined,
      // Labels that do not exclude each other have no class; there every row with ground truth is compared.
      read: async ({ correct, trueClass, hasLoss }) =>
        trueClass === undefined ? matchColumn(correct!, hasLoss) : correctColumn(correct!, await classes()),
    },
    [COLUMNS.predictedClass]: {
      isThere: ({ predictedClass }) => predictedClass !== undefined,
      read: ({ predictedClass, outputs: { width } }) =>
        Promise.resolve(classColumn(predictedClass!.slice(), classNamesFor(width, classNames))),
    },
    confidence: {
      isThere: ({ predictedClass, probabilities }) =>
        predictedClass !== undefined && probabilities !== undefined,
      read: (output) => Promise.resolve(probabilityOf(output, output.predictedClass!.slice())),
    },
    true_probability: {
      isThere: ({ trueClass, probabilities }) => trueClass !== undefined && probabilities !== undefined,
      read: async (output) => probabilityOf(output, await classes()),
    },
    prediction: numbers(({ task, predictions }) => (task === 'detection' ? undefined : predictions)),
    target: numbers(({ targets }) => targets),
    [COLUMNS.residual]: numbers(({ residual }) => residual),
    [COLUMNS.pixelAccuracy]: numbers(({ pixelAccuracy }) => pixelAccuracy),
    [COLUMNS.iou]: numbers(({ iou }) => iou),
    [COLUMNS.missed]: numbers(({ missed }) => missed),
    [COLUMNS.wrongClass]: numbers(({ wrongClass }) => wrongClass),
    [COLUMNS.badlyPlaced]: numbers(({ badlyPlaced }) => badlyPlaced),
    [COLUMNS.falsePositives]: numbers(({ falsePositives }) => falsePositives),
  };
}

/** The first number of every row [rows]. */
function firstNumbers(numbers: RowNumbers | Float32Array): Float32Array {
  if (numbers instanceof Float32Array) return numbers;
  const { data, width } = numbers;
  return width === 1 ? data : data.filter((_, at) => at % width === 0);
}
