import { type Layer, LayerSchema, type Model } from '@noema/contracts/noema/training/v1/model';
import type { CommandContext } from './command-context.js';
import { printList } from './resource-output.js';

/** Prints the layers of a model version, and the layers that are proposed for recording. */
export async function printLayers(context: CommandContext, modelVersionId: string): Promise<void> {
  const { layers, blocks, proposed } = await (await context.connect()).models.listLayers({ modelVersionId });
  printList(
    context.terminal,
    LayerSchema,
    [...layers, ...blocks],
    [
      { heading: 'NAME', value: (layer) => layer.name },
      { heading: 'KIND', value: (layer) => layer.kind },
      { heading: 'OUTPUT', value: (layer) => layer.outputDims.join(' × ') },
      { heading: 'PARAMETERS', value: (layer) => layer.parameterCount, align: 'right' },
      { heading: 'UNITS', value: (layer) => layer.unitCount, align: 'right' },
      { heading: 'PROPOSED', value: (layer) => (proposed.includes(layer.name) ? 'yes' : '') },
    ],
  );
}

/**
 * Says how many units a model has, which of its layers are followed, and what is proposed in place of all.
 */
export async function sayLayers(
  context: CommandContext,
  modelVersionId: string,
  { layers: followed }: Model,
): Promise<void> {
  const { layers, blocks, proposed } = await (await context.connect()).models.listLayers({ modelVersionId });
  const learned = layers.filter(({ unitCount }) => unitCount > 0);
  const named = (names: readonly string[]): Layer[] =>
    [...learned, ...blocks].filter(({ name }) => names.includes(name));
  context.terminal.note(
    followed.length > 0
      ? `${counted(named(followed))} of the ${counted(learned)} are followed`
      : `${counted(learned)} are followed`,
  );
  if (followed.length === 0 && proposed.length > 0)
    context.terminal.note(
      `proposed in their place: ${counted(named(proposed))}, the outputs of blocks, with --layers blocks`,
    );
}

const counted = (layers: readonly Layer[]): string =>
  `${layers.reduce((sum, { unitCount }) => sum + unitCount, 0)} units of ${layers.length} layers`;
