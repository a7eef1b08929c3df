import type { DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import type { Model } from '@noema/contracts/noema/training/v1/model';
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

/** One line for each input of the model; inputs that find no data are left to the check of the platform. */
export function describeFit(
  { inputs }: Pick<Model, 'inputs'>,
  { inputs: data }: Pick<DatasetVersion, 'inputs'>,
): string[] {
  const columns = matchColumns(
    inputs.map(({ name }) => name),
    data.map(({ name }) => name),
  );
  return inputs.flatMap(({ name, dims, preprocessing }, i) =>
    columns === undefined
      ? []
      : [
          `input ${name} (${shape(dims)}) takes ${columns[i]!}, ` +
            (preprocessing.length === 0 ? 'unchanged' : preprocessing.join(', then ')),
        ],
  );
}
