import type { DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import type { Model } from '@noema/contracts/noema/training/v1/model';
import { compareClassNames, listClassNames } from '@noema/kernel/class-names';
import { compareVocabularies } from '@noema/kernel/vocabulary';
import type { TensorSpec } from '@noema/contracts/noema/type/v1/tensor_spec';
import { count, counted, shape } from '../../parts/numbers.js';

type Tensors = Pick<TensorSpec, 'name' | 'dims'> & Partial<Pick<TensorSpec, 'vocabulary'>>;
type Data = Pick<DatasetVersion, 'classNames'> & { readonly inputs: readonly Tensors[] };
type Net = {
  readonly inputs: readonly Tensors[];
  readonly outputs: readonly (Tensors & Partial<Pick<TensorSpec, 'classNames'>>)[];
};

/**
 * Why a model cannot take data (`takes 8 × 8 × 1; the data give 28 × 28 × 1`), as far as shapes show it, or
 * undefined; to propose a model and to warn before a run is requested. The platform decides: it compares
 * losses and ground truth too.
 */
export function findMisfit(model: Net, data: Data, trains: boolean): string | undefined {
  const byName = model.inputs.every(({ name }) => data.inputs.some((given) => given.name === name));
  if (!byName && model.inputs.length !== data.inputs.length)
    return (
      `has ${counted(model.inputs.length, 'input')}, the data have ` +
      `${counted(data.inputs.length, 'input')}`
    );
  for (const [at, input] of model.inputs.entries()) {
    const given = byName ? data.inputs.find(({ name }) => name === input.name)! : data.inputs[at]!;
    if (!sameShape(input.dims, given.dims))
      return `takes ${shape(input.dims)}; the data give ${shape(given.dims)}`;
    const tokens = compareVocabularies(input.vocabulary, given.vocabulary);
    if (tokens !== undefined) return tokens;
  }
  const [output] = model.outputs;
  if (compareClassNames(output?.classNames ?? [], data.classNames) === 'reordered')
    return (
      `has the classes ${listClassNames(output?.classNames ?? [])} in this order; the data have ` +
      listClassNames(data.classNames)
    );
  const width = output?.dims.at(-1) ?? 1;
  const classes = data.classNames.length;
  // One number distinguishes two classes; a mask of two has no axis of classes. Other classes can be
  // evaluated, as of a pretrained model.
  const fits =
    classes === 0 ||
    width === classes ||
    width < 0 ||
    (classes <= 2 && (width === 1 || (output?.dims.length ?? 0) > 1));
  return fits || !trains
    ? undefined
    : `distinguishes ${count(width)} classes, the data have ${count(classes)}`;
}

/**
 * The change that makes a model of a file fit the classes of the data: the order of its classes, or a new head;
 * undefined where it fits, or where its inputs do not.
 */
export function findAdaptation(model: Net, data: Data): 'order' | 'head' | undefined {
  const [output] = model.outputs;
  const compared = compareClassNames(output?.classNames ?? [], data.classNames);
  if (compared === 'reordered') return 'order';
  const withoutClasses = { ...data, classNames: [] };
  if (output === undefined || findMisfit(model, withoutClasses, true) !== undefined) return undefined;
  const classes = data.classNames.length;
  const fits = output.dims[0] === classes || (output.dims[0] === 1 && classes <= 2);
  return output.dims.length === 1 && classes > 1 && (!fits || compared === 'different') ? 'head' : undefined;
}

/**
 * True where a person can state the class of the data that each number of the output stands for: as many
 * numbers as classes, whose names do not already equal the names of the data in their order.
 */
export function canStateOrder(model: Net, data: Data): boolean {
  const [output] = model.outputs;
  const classes = data.classNames.length;
  return (
    output !== undefined &&
    classes > 1 &&
    output.dims.at(-1) === classes &&
    compareClassNames(output.classNames ?? [], data.classNames) !== 'equal' &&
    findMisfit(model, { ...data, classNames: [] }, true) === undefined
  );
}

/** Notes on a fit: the steps that each input applies to the data, and a head that scores other classes. */
export function describeFit(
  model: Pick<Model, 'inputs' | 'outputs'>,
  data: Pick<Data, 'classNames'>,
): string[] {
  const own = model.outputs[0]?.classNames ?? [];
  return [
    ...model.inputs
      .filter(({ preprocessing }) => preprocessing.length > 0)
      .map(({ name, preprocessing }) => `Data for ${name} are ${preprocessing.join(', then ')}.`),
    ...(compareClassNames(own, data.classNames) === 'different'
      ? [
          `The model is a pretrained head with other classes (${listClassNames(own)}) than the data ` +
            `(${listClassNames(data.classNames)}).`,
        ]
      : []),
  ];
}

/** Last axes of size 1 do not count, and an axis that varies takes any size. */
function sameShape(a: readonly number[], b: readonly number[]): boolean {
  const cut = (dims: readonly number[]): readonly number[] =>
    dims.slice(0, dims.findLastIndex((size) => size !== 1) + 1);
  const [wanted, given] = [cut(a), cut(b)];
  return (
    wanted.length === given.length &&
    wanted.every((size, axis) => size < 0 || given[axis]! < 0 || size === given[axis])
  );
}
