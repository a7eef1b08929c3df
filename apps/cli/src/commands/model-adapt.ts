import { Command } from 'commander';
import { ModelSchema } from '@noema/contracts/noema/training/v1/model';
import { HeadActivation, ModelAdaptationKind } from '@noema/contracts/noema/training/v1/model_service';
import { choiceOption } from './choice.js';
import type { CommandContext } from './command-context.js';
import { datasetVersionId, modelVersionId } from './named-resource.js';
import { printOne } from './resource-output.js';
import { action } from './runner.js';

interface AdaptOptions {
  readonly dataset: string;
  readonly name?: string;
  readonly kind?: ModelAdaptationKind;
  readonly output?: string;
  readonly after?: string;
  readonly activation?: HeadActivation;
  readonly seed: number;
  readonly classes: readonly string[];
}

const KINDS: Readonly<Record<string, ModelAdaptationKind>> = {
  head: ModelAdaptationKind.HEAD,
  order: ModelAdaptationKind.CLASS_ORDER,
};
const ACTIVATIONS: Readonly<Record<string, HeadActivation>> = {
  softmax: HeadActivation.SOFTMAX,
  sigmoid: HeadActivation.SIGMOID,
  linear: HeadActivation.LINEAR,
};

/** `noema models adapt`. */
export function adaptCommand(): Command {
  return new Command('adapt')
    .description(
      'make a new model of a trained one for the classes of a dataset: a new dense head in place of its last ' +
        'layer, or its outputs in the order of the data',
    )
    .argument('<model>', 'model, by name (its latest version), or a model version by id')
    .requiredOption('--dataset <name>', 'dataset version, by name (the newest) or id')
    .option('--name <name>', 'display name of the new model (default: <model>-<dataset>)')
    .option(
      '--kind <kind>',
      'head or order (default: order if model and data have the same classes, otherwise head)',
      choiceOption(KINDS),
    )
    .option('--output <name>', 'output that changes (default: the first)')
    .option(
      '--after <layer>',
      'layer that the head reads; those behind it are dropped (default: the head replaces the last layer)',
    )
    .option(
      '--activation <name>',
      'activation of the head: softmax, sigmoid or linear (default: softmax for classes, otherwise linear)',
      choiceOption(ACTIVATIONS),
    )
    .option('--seed <number>', 'seed of the weights of the head', Number, 0)
    .option(
      '--classes <name...>',
      'class of the data for each number of the output, in the order of the output (default: by the names that ' +
        'the model states)',
      [],
    )
    .action(
      action(async (context: CommandContext, model: string, options: AdaptOptions) => {
        const noema = await context.connect();
        const { model: adapted } = await noema.models.adaptModel({
          modelVersionId: await modelVersionId(context, noema, model),
          datasetVersionId: await datasetVersionId(context, noema, options.dataset),
          displayName: options.name ?? `${model}-${options.dataset}`,
          kind: options.kind ?? ModelAdaptationKind.UNSPECIFIED,
          output: options.output ?? '',
          afterLayer: options.after ?? '',
          activation: options.activation ?? HeadActivation.UNSPECIFIED,
          seed: options.seed,
          classes: [...options.classes],
        });
        printOne(context.terminal, ModelSchema, adapted!, {
          id: adapted!.id,
          name: adapted!.displayName,
          parameters: adapted!.parameterCount,
          version: adapted!.latestVersionId,
        });
        for (const { name, classNames } of adapted!.outputs)
          if (classNames.length > 0)
            context.terminal.note(`classes of ${name}, in order: ${classNames.join(', ')}`);
      }),
    );
}
