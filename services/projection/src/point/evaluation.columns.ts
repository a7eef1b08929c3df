import type { ArtifactStore } from '@noema/artifacts';
import type { ArtifactRef } from '@noema/kernel';
import {
  EvaluationFile,
  nameOutputClasses,
  type RowNumbers,
  type StoredOutput,
} from '@noema/population/files';
import {
  classNamesFor,
  EVALUATION_COLUMNS as COLUMNS,
  isOutputColumn,
  metricColumn,
  metricName,
  outputColumn,
  parseOutputColumn,
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

/** One of several outputs, and how to read its columns. */
interface NamedOutput {
  readonly output: StoredOutput;
  readonly recipes: Readonly<Record<string, Recipe>>;
}

/**
 * The columns of points that the evaluation has by its task; without ground truth none that compares with it. Columns
 * of the first of several outputs have no prefix, except its own loss; the columns of the others begin with
 * `outputs.<name>.`.
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
  const file = once(async () => EvaluationFile.read(await store.get(evaluation)));
  const recipes = listRecipes(classNames, classes);
  const others = once(async (): Promise<ReadonlyMap<string, NamedOutput>> => {
    const { outputs } = await file();
    if (outputs.length < 2) return new Map();
    const labels = await classes();
    const named = outputs.map((output, at): readonly [string, NamedOutput] => {
      const { [COLUMNS.loss]: loss } = recipes;
      return [
        output.name!,
        at === 0
          ? { output: output.alone(), recipes: { [COLUMNS.loss]: loss! } }
          : { output, recipes: otherRecipes(output, { classNames, labels }) },
      ];
    });
    return new Map(named);
  });
  return {
    async names() {
      const { first } = await file();
      const known = (of: Readonly<Record<string, Recipe>>, output: StoredOutput): string[] =>
        Object.entries(of)
          .filter(([, { isThere }]) => isThere(output))
          .map(([name]) => name);
      return [
        ...known(recipes, first),
        ...[...(await others())].flatMap(([name, one]) =>
          known(one.recipes, one.output).map((column) => outputColumn(name, column)),
        ),
        ...first.metrics.map(({ name }) => metricColumn(name)),
      ];
    },
    reader(column) {
      const recipe = Object.hasOwn(recipes, column) ? recipes[column] : metricRecipe(column);
      if (recipe !== undefined) return async () => recipe.read((await file()).first);
      if (!isOutputColumn(column)) return undefined;
      return async () => {
        const all = await others();
        const { output, column: own } = parseOutputColumn(column, [...all.keys()])!;
        const one = all.get(output)!;
        return one.recipes[own]!.read(one.output);
      };
    },
  };
}

/** How to read the columns of an output after the first. */
function otherRecipes(
  output: StoredOutput,
  data: { readonly classNames: readonly string[]; readonly labels: Int32Array },
): Readonly<Record<string, Recipe>> {
  const { trueClass } = output;
  const names = nameOutputClasses(output, data);
  return {
    ...listRecipes(names, () => Promise.resolve(trueClass ?? new Int32Array(data.labels.length).fill(-1))),
    [COLUMNS.trueClass]: {
      isThere: ({ trueClass: own }) => own !== undefined,
      read: () => Promise.resolve(classColumn(trueClass!.slice(), names)),
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

function listRecipes(
  classNames: readonly string[],
  classes: () => Promise<Int32Array>,
): Readonly<Record<string, Recipe>> {
  const toProbability = ({ probabilities }: StoredOutput, of: Int32Array): PointColumn =>
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
      read: (output) => Promise.resolve(toProbability(output, output.predictedClass!.slice())),
    },
    true_probability: {
      isThere: ({ trueClass, probabilities }) => trueClass !== undefined && probabilities !== undefined,
      read: async (output) => toProbability(output, await classes()),
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
