import { compareVocabularies } from '@noema/kernel';
import { matchColumns } from '@noema/population/rules';
import type { TensorSpec } from '../model/model.js';
import { inputMisfit } from './run.errors.js';

/** A tensor of the model and the tensor of the data that feeds it. */
export interface Pair {
  readonly model: TensorSpec;
  readonly data: TensorSpec;
}

/**
 * Finds for every input of the model the data that feed it: by name where all names are there, otherwise by
 * order. Throws `invalid` MODEL_DATASET_MISFIT.
 */
export function pairInputs(inputs: readonly TensorSpec[], given: readonly TensorSpec[]): Pair[] {
  const pairs = pair('input', inputs, given, '');
  for (const { model, data } of pairs) {
    const why = compareVocabularies(model.vocabulary, data.vocabulary);
    if (why !== undefined)
      throw inputMisfit(
        `input "${model.name}" ${why}; make the data "${data.name}" with the tokenizer of the model (the manifest ` +
          'names its file), or choose a model of these tokens',
      );
  }
  return pairs;
}

/**
 * Finds for every output of the model its ground truth; `targets` are the shapes that the loss wants. Throws
 * `invalid` MODEL_DATASET_MISFIT.
 */
export function pairTargets(
  targets: readonly TensorSpec[],
  groundTruths: readonly TensorSpec[],
  loss: string,
): Pair[] {
  return pair('output', targets, groundTruths, ` with the loss ${loss}`);
}

/**
 * Throws `invalid` MODEL_DATASET_MISFIT when no output of the model is of the classes of the data. The data name
 * the classes of one ground truth, which any of several outputs may predict.
 */
export function checkClasses(outputs: readonly TensorSpec[], classNames: readonly string[]): void {
  if (classNames.length === 0 || outputs.some(({ dims }) => fitsClasses(dims, classNames.length))) return;
  const [{ name, dims }] = outputs as [TensorSpec, ...TensorSpec[]];
  throw inputMisfit(
    `output "${name}" distinguishes ${dims.at(-1) ?? 1} classes, the data have ${classNames.length} ` +
      `(${classNames.slice(0, 12).join(', ')}); give the last layer ${classNames.length} units`,
  );
}

/** A mask of two sizes alone has no axis of classes. */
const fitsClasses = (dims: readonly number[], classes: number): boolean =>
  (dims.at(-1) ?? 1) === classes || (((dims.at(-1) ?? 1) === 1 || dims.length > 1) && classes <= 2);

function pair(
  what: string,
  wanted: readonly TensorSpec[],
  given: readonly TensorSpec[],
  under: string,
): Pair[] {
  const found = pairByName(what, wanted, given);
  return wanted.map((model, i) => {
    const data = found[i]!;
    if (!sameShape(model.dims, data.dims))
      throw inputMisfit(
        `${what} "${model.name}"${under} takes [${model.dims.join(', ')}] for one sample, the data's ` +
          `"${data.name}" is [${data.dims.join(', ')}]${what === 'input' ? proposePreprocessing(model, data) : ''}`,
      );
    return { model, data };
  });
}

/**
 * Finds for each the tensor of the data: by name where all names are there, otherwise by order. Throws
 * `invalid` MODEL_DATASET_MISFIT.
 */
export function pairByName(
  what: string,
  wanted: readonly TensorSpec[],
  given: readonly TensorSpec[],
): TensorSpec[] {
  const names = (list: readonly TensorSpec[]): string =>
    list.map(({ name }) => `"${name}"`).join(', ') || 'none';
  const columns = matchColumns(
    wanted.map(({ name }) => name),
    given.map(({ name }) => name),
  );
  if (columns === undefined)
    throw inputMisfit(
      `it has ${wanted.length} ${what}s (${names(wanted)}), the data have ${given.length} ` +
        `(${names(given)}); give them the same names`,
    );
  return columns.map((column) => given.find(({ name }) => name === column)!);
}

/** Proposes the preprocessing that makes a picture fit another size, number or place of channels; may be empty. */
export function proposePreprocessing({ name, dims }: TensorSpec, data: TensorSpec): string {
  if (dims.length !== 3 || data.dims.length !== 3) return '';
  const [height, width, channels] = data.dims as [number, number, number];
  const proposal = (settings: string): string =>
    `; ingest pictures of that shape, or import the model with the preprocessing "input=${name} ${settings}"`;
  if (dims[0] === channels && dims[2] !== channels) return proposal('layout=first');
  const size = dims[0] === height && dims[1] === width ? '' : `size=${height}x${width}`;
  if (dims[2] === channels) return proposal(size);
  return dims[2] === 3 && channels === 1 ? proposal(`${size} order=gray`.trim()) : '';
}

/**
 * Last axes of size 1 do not count: a number may be written as [] or as [1], a mask as [h, w] or as [h, w,
 * 1].
 */
export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  const sizes = (dims: readonly number[]): string =>
    dims.slice(0, dims.findLastIndex((size) => size !== 1) + 1).join();
  return sizes(a) === sizes(b);
}
