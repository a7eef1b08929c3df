import type { DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import { type Model, ModelVersionOrigin } from '@noema/contracts/noema/training/v1/model';
import type { TensorSpec } from '@noema/contracts/noema/type/v1/tensor_spec';
import { compareClassNames, describeVocabulary, listClassNames } from '@noema/kernel';
import { matchColumns } from '@noema/population/rules';
import type { Noema } from '../noema.js';
import type { CommandContext } from './command-context.js';

/** Prints what each input of a model takes of the data, and what is done with it, before a run of the two. */
export async function sayFit(
  context: CommandContext,
  noema: Pick<Noema, 'models' | 'datasets'>,
  {
    modelVersionId,
    datasetVersionId,
  }: { readonly modelVersionId: string; readonly datasetVersionId: string },
): Promise<void> {
  const { modelVersion } = await noema.models.getModelVersion({ modelVersionId });
  const [{ model }, { datasetVersion }] = await Promise.all([
    noema.models.getModel({ modelId: modelVersion!.modelId }),
    noema.datasets.getDatasetVersion({ datasetVersionId }),
  ]);
  const isTrained = modelVersion!.origin !== ModelVersionOrigin.INITIALIZED;
  for (const line of describeFit(model!, datasetVersion!, isTrained)) context.terminal.note(line);
}

const shape = (dims: readonly number[]): string => (dims.length === 0 ? 'a number' : dims.join(' × '));

/** A line where only one of the two states its tokens: the platform cannot compare them. */
function describeUnchecked(
  name: string,
  model: TensorSpec['vocabulary'],
  data: TensorSpec['vocabulary'],
): string[] {
  if (model === undefined && data !== undefined)
    return [
      `input ${name} states no tokenizer, so that its tokens are not compared: the data have ` +
        `${describeVocabulary(data)}; state it by \`noema models import … --tokenizer\``,
    ];
  if (model !== undefined && data === undefined)
    return [
      `input ${name} takes ${describeVocabulary(model)}; the data state no tokens, so that they are not compared`,
    ];
  return [];
}

/**
 * Lines on a fit: one for each input of the model, and one where its head scores other classes. Inputs that find
 * no data are left to the check of the platform. Weights that nothing has trained know no tokens.
 */
export function describeFit(
  { inputs, outputs }: Pick<Model, 'inputs' | 'outputs'>,
  { inputs: data, classNames }: Pick<DatasetVersion, 'inputs' | 'classNames'>,
  isTrained = true,
): string[] {
  const columns = matchColumns(
    inputs.map(({ name }) => name),
    data.map(({ name }) => name),
  );
  const own = outputs[0]?.classNames ?? [];
  const lines = inputs.flatMap(({ name, dims, preprocessing, vocabulary }, i) => {
    const given = data.find((one) => one.name === columns?.[i]);
    if (given === undefined) return [];
    const steps = preprocessing.length === 0 ? 'unchanged' : preprocessing.join(', then ');
    return [
      `input ${name} (${shape(dims)}) takes ${given.name}, ${steps}`,
      ...(isTrained ? describeUnchecked(name, vocabulary, given.vocabulary) : []),
    ];
  });
  if (compareClassNames(own, classNames) === 'different')
    lines.push(
      `the model is a pretrained head with other classes (${listClassNames(own)}) than the data ` +
        `(${listClassNames(classNames)}); \`noema models adapt\` gives it a head for the data`,
    );
  return lines;
}
