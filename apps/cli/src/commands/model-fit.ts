import type { DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import type { Model } from '@noema/contracts/noema/training/v1/model';
import { compareClassNames, listClassNames } from '@noema/kernel';
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
  for (const line of describeFit(model!, datasetVersion!)) context.terminal.note(line);
}

const shape = (dims: readonly number[]): string => (dims.length === 0 ? 'a number' : dims.join(' × '));

/**
 * Lines on a fit: one for each input of the model, and one where its head scores other classes. Inputs that find
 * no data are left to the check of the platform.
 */
export function describeFit(
  { inputs, outputs }: Pick<Model, 'inputs' | 'outputs'>,
  { inputs: data, classNames }: Pick<DatasetVersion, 'inputs' | 'classNames'>,
): string[] {
  const columns = matchColumns(
    inputs.map(({ name }) => name),
    data.map(({ name }) => name),
  );
  const own = outputs[0]?.classNames ?? [];
  const lines = inputs.flatMap(({ name, dims, preprocessing }, i) =>
    columns === undefined
      ? []
      : [
          `input ${name} (${shape(dims)}) takes ${columns[i]!}, ` +
            (preprocessing.length === 0 ? 'unchanged' : preprocessing.join(', then ')),
        ],
  );
  if (compareClassNames(own, classNames) === 'different')
    lines.push(
      `the model is a pretrained head with other classes (${listClassNames(own)}) than the data ` +
        `(${listClassNames(classNames)}); \`noema models adapt\` gives it a head for the data`,
    );
  return lines;
}
