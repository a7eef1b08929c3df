import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { JsonObject } from '@bufbuild/protobuf';
import { Command } from 'commander';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import {
  ModelSchema,
  ModelVersionOrigin,
  ModelVersionSchema,
} from '@noema/contracts/noema/training/v1/model';
import { allPages, describeVocabulary, DomainError, plainText } from '@noema/kernel';
import type { CommandContext } from './command-context.js';
import { adaptCommand } from './model-adapt.js';
import { type ExportFormat, exportVersion, formatOfExport, opsetOption } from './model-export.js';
import { printLayers, sayLayers } from './model-layers.js';
import {
  formatOption,
  importFile,
  type ImportOptions,
  inputShapeOption,
  logitsOption,
} from './model-import.js';
import { findRunNames, modelId as findModelId, modelVersionId as findVersionId } from './named-resource.js';
import { PREPROCESS, preprocessOption } from './preprocess-option.js';
import { printList, printOne, stateName, when } from './resource-output.js';
import { layerNames, LAYERS } from './run-options.js';
import { action } from './runner.js';
import { TOKENIZER, tokenizerOption } from './tokenizer-option.js';

export function modelsCommand(): Command {
  const models = new Command('models').description('architectures');
  models
    .command('create <topology>')
    .description('create a model from a TF.js or Keras layers topology (JSON file)')
    .option('--name <name>', 'display name, unique in the project (default: the name of the file)')
    .option('--seed <number>', 'seed of the initial weights', Number, 0)
    .action(
      action(
        async (context: CommandContext, path: string, { name, seed }: { name?: string; seed: number }) => {
          const noema = await context.connect();
          const { model } = await noema.models.createModel({
            projectId: await context.projectId(noema),
            displayName: name ?? basename(path, '.json'),
            topology: await readTopology(path),
            seed,
          });
          printOne(context.terminal, ModelSchema, model!, {
            id: model!.id,
            name: model!.displayName,
            parameters: model!.parameterCount,
            version: model!.latestVersionId,
          });
        },
      ),
    );
  models
    .command('import <file>')
    .description(
      'make a model of a trained one in a file (ONNX, Keras, or a zip of a TF.js layers model), or with ' +
        '--model a further version of a model of the same architecture',
    )
    .option('--name <name>', 'display name, unique in the project (default: the name of the file)')
    .option('--model <id>', 'model to which a version is added')
    .option(
      '--format <format>',
      'format of the file: onnx, keras, keras-h5, tfjs-layers or tfjs-graph (default: detected)',
      formatOption,
    )
    .option('--logits <activation>', 'the first output is logits: append softmax or sigmoid', logitsOption)
    .option('--outputs <names>', 'names of the outputs to keep, separated by commas (default: all)', (text) =>
      text.split(','),
    )
    .option(
      '--input-shape <name=sizes>',
      'sizes of one sample for an input that an ONNX file leaves open, such as image=3,224,224; repeatable',
      inputShapeOption,
    )
    .option('--preprocess <settings>', PREPROCESS, preprocessOption)
    .option('--tokenizer <[input=]file>', TOKENIZER, tokenizerOption)
    .option('--layers <names>', `${LAYERS} (default: all)`, layerNames)
    .action(
      action(async (context: CommandContext, path: string, options: ImportOptions) => {
        const { modelId, modelVersionId } = await importFile(context, path, options);
        const { model } = await (await context.connect()).models.getModel({ modelId });
        printOne(context.terminal, ModelSchema, model!, {
          id: modelId,
          name: model!.displayName,
          parameters: model!.parameterCount,
          version: modelVersionId,
        });
        await sayLayers(context, modelVersionId, model!);
        for (const { name, preprocessing, vocabulary } of model!.inputs) {
          if (preprocessing.length > 0)
            context.terminal.note(`data for ${name} are ${preprocessing.join(', then ')}`);
          if (vocabulary !== undefined)
            context.terminal.note(
              `${name} takes ${describeVocabulary(vocabulary)}; other tokens are refused`,
            );
        }
        for (const { name, classNames } of model!.outputs)
          if (classNames.length > 0)
            context.terminal.note(`classes of ${name}, in order: ${classNames.join(', ')}`);
      }),
    );
  models.addCommand(adaptCommand());
  models
    .command('export <model>')
    .description(
      'write a model, by name (its latest version) or version id, as an ONNX file that other runtimes read, or ' +
        'as a .keras file of Keras 3',
    )
    .option('--format <format>', 'onnx or keras', formatOfExport, 'onnx')
    .option('--file <file>', 'file to write (default: the name of the model with .onnx or .keras)')
    .option('--opset <version>', 'version of the operators of ONNX, 17 or 20', opsetOption, 17)
    .action(
      action(
        async (
          context: CommandContext,
          name: string,
          { format, file, opset }: { format: ExportFormat; file?: string; opset: number },
        ) => exportVersion(context, name, { format, file: file ?? `${basename(name)}.${format}`, opset }),
      ),
    );
  models
    .command('layers <model>')
    .description(
      'list the layers of a model, by name (its latest version) or version id: their units, and which ' +
        'are proposed to be followed in place of all',
    )
    .action(
      action(async (context: CommandContext, name: string) =>
        printLayers(context, await findVersionId(context, await context.connect(), name)),
      ),
    );
  models
    .command('rename <model> <name>')
    .description('rename a model, by name or id; names are unique in the project')
    .action(
      action(async (context: CommandContext, name: string, displayName: string) => {
        const noema = await context.connect();
        const { model } = await noema.models.updateModel({
          model: { id: await findModelId(context, noema, name), displayName },
          updateMask: { paths: ['display_name'] },
        });
        printOne(context.terminal, ModelSchema, model!, { id: model!.id, name: model!.displayName });
      }),
    );
  models
    .command('list')
    .description('list the models of the project')
    .action(
      action(async (context: CommandContext) => {
        const noema = await context.connect();
        const { models: rows } = await noema.models.listModels({
          projectId: await context.projectId(noema),
          pageSize: 1000,
        });
        printList(context.terminal, ModelSchema, rows, [
          { heading: 'ID', value: (m) => m.id },
          { heading: 'NAME', value: (m) => m.displayName },
          { heading: 'PARAMETERS', value: (m) => m.parameterCount, align: 'right' },
          { heading: 'VERSION', value: (m) => m.latestVersionId },
          { heading: 'CREATED', value: (m) => when(m.createTime) },
        ]);
      }),
    );
  models
    .command('versions <model>')
    .description('list the versions of a model, by name or id, and the runs and epochs that they come from')
    .action(
      action(async (context: CommandContext, name: string) => {
        const noema = await context.connect();
        const modelId = await findModelId(context, noema, name);
        const versions = await allPages(
          (pageToken) =>
            noema.models.listModelVersions({ modelId, pageSize: 1000, orderBy: 'number', pageToken }),
          (page) => page.modelVersions,
        );
        const runName = await findRunNames(noema, await context.projectId(noema));
        printList(context.terminal, ModelVersionSchema, versions, [
          { heading: 'ID', value: ({ id }) => id },
          { heading: 'NUMBER', value: ({ number }) => number, align: 'right' },
          { heading: 'ORIGIN', value: ({ origin }) => stateName(ModelVersionOrigin, origin) },
          { heading: 'RUN', value: ({ runId }) => (runId === '' ? '' : plainText(runName(runId))) },
          { heading: 'EPOCH', value: ({ epoch }) => (epoch === 0 ? '' : epoch), align: 'right' },
          { heading: 'STATE', value: ({ state }) => stateName(JobState, state) },
          { heading: 'CREATED', value: ({ createTime }) => when(createTime) },
        ]);
      }),
    );
  models
    .command('delete <model>')
    .description('delete a model with its versions, by name or id; refused while a run uses it')
    .action(
      action(async (context: CommandContext, name: string) => {
        const noema = await context.connect();
        await noema.models.deleteModel({ modelId: await findModelId(context, noema, name) });
        context.terminal.note(`deleted the model ${name}`);
      }),
    );
  return models;
}

async function readTopology(path: string): Promise<JsonObject> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as JsonObject;
  } catch (cause) {
    const why =
      (cause as NodeJS.ErrnoException).code === 'EISDIR' ? 'it is a directory' : (cause as Error).message;
    throw new DomainError(
      'invalid',
      'TOPOLOGY_UNREADABLE',
      `${path} is no layers topology: ${why}; give the file that model.toJSON() or to_json() wrote`,
      { cause },
    );
  }
}
