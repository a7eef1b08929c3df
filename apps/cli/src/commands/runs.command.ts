import { Command } from 'commander';
import { RunKind, type Run, RunSchema, RunState } from '@noema/contracts/noema/training/v1/run';
import { Task } from '@noema/contracts/noema/type/v1/task';
import type { CommandContext } from './command-context.js';
import { sayFit } from './model-fit.js';
import { positiveInteger } from './datasets.command.js';
import { findMethod, readSettings, settingText, type SettingText } from './method-settings.js';
import { datasetVersionId, firstModelVersionId, modelVersionId, onlyRunId, runId } from './named-resource.js';
import { printList, printOne, stateName, when } from './resource-output.js';
import { layerNames, LAYERS, learningRate } from './run-options.js';
import { action } from './runner.js';
import type { Noema } from '../noema.js';
import { watchRun } from './watch-run.js';

interface CreateOptions {
  readonly dataset: string;
  readonly model: string;
  readonly name?: string;
  readonly epochs: number;
  readonly batchSize: number;
  readonly seed: number;
  readonly loss?: string;
  readonly optimizer?: string;
  readonly optimizerSetting?: readonly SettingText[];
  readonly lossSetting?: readonly SettingText[];
  readonly schedule?: string;
  readonly scheduleSetting?: readonly SettingText[];
  readonly learningRate?: number;
  readonly metrics?: readonly string[];
  readonly workers?: number;
  readonly layers?: readonly string[];
  readonly freeze?: readonly string[];
  readonly evaluate?: boolean;
  readonly watch?: boolean;
}

export function runsCommand(): Command {
  const runs = new Command('runs').description('training runs');
  runs
    .command('create')
    .description('train a model version on a dataset version, or evaluate it')
    .requiredOption('--dataset <name>', 'dataset version, by name (the newest) or id')
    .requiredOption(
      '--model <name>',
      'model, by name (its first version to train, its latest to evaluate), or a model version by id',
    )
    .option('--name <name>', 'display name')
    .option('--epochs <number>', 'epochs', positiveInteger, 8)
    .option('--batch-size <number>', 'samples per step', positiveInteger, 64)
    .option('--seed <number>', 'seed of shuffling, dropout and weights', Number, 0)
    .option('--evaluate', 'only evaluate all samples once, also without ground truth')
    .option('--loss <name>', 'loss; the one that fits the model and the data when left out')
    .option('--optimizer <name>', "optimizer; the platform's default when left out")
    .option('--learning-rate <number>', 'learning rate of the optimizer', learningRate)
    .option('--optimizer-setting <name=value>', 'another setting of the optimizer; repeatable', settingText)
    .option('--loss-setting <name=value>', 'setting of the loss; repeatable', settingText)
    .option('--schedule <name>', 'learning-rate schedule; the constant rate of the optimizer when left out')
    .option('--schedule-setting <name=value>', 'setting of the schedule; repeatable', settingText)
    .option('--metrics <name...>', 'metrics; the metrics of the task when left out')
    .option(
      '--workers <number>',
      "data-parallel workers; the platform's number when left out",
      positiveInteger,
    )
    .option(
      '--layers <names>',
      `${LAYERS}; the layers of the model when left out, which are all unless its import chose others`,
      layerNames,
    )
    .option(
      '--freeze <names>',
      'layers that are not trained, separated by commas: names, patterns with *, or base for all but a new head',
      layerNames,
    )
    .option('--watch', 'wait, and show every epoch')
    .addHelpText(
      'after',
      '\n`noema methods training` lists losses, optimizers, schedules and metrics with their settings.',
    )
    .action(
      action(async (context: CommandContext, options: CreateOptions) => {
        const noema = await context.connect();
        const findVersion = options.evaluate === true ? modelVersionId : firstModelVersionId;
        const fit = {
          datasetVersionId: await datasetVersionId(context, noema, options.dataset),
          modelVersionId: await findVersion(context, noema, options.model),
        };
        await sayFit(context, noema, fit);
        const { run } = await noema.runs.createRun({
          projectId: await context.projectId(noema),
          displayName: options.name ?? '',
          ...fit,
          settings: {
            kind: options.evaluate === true ? RunKind.EVALUATE : RunKind.TRAIN,
            epochs: options.epochs,
            batchSize: options.batchSize,
            seed: options.seed,
            workers: options.workers ?? 0,
            layers: [...(options.layers ?? [])],
            frozenLayers: [...(options.freeze ?? [])],
            metrics: (options.metrics ?? []).map((name) => ({ name })),
            ...(await methodSettings(noema, options)),
          },
        });
        await show(
          context,
          options.watch === true ? await watchRun(noema, context.terminal, run!.id, context.signal) : run!,
        );
      }),
    );
  runs
    .command('list')
    .description('list the runs of the project')
    .action(
      action(async (context: CommandContext) => {
        const noema = await context.connect();
        const { runs: rows } = await noema.runs.listRuns({
          projectId: await context.projectId(noema),
          pageSize: 1000,
        });
        printList(context.terminal, RunSchema, rows, [
          { heading: 'ID', value: (r) => r.id },
          { heading: 'NAME', value: (r) => r.displayName },
          { heading: 'STATE', value: (r) => stateName(RunState, r.state) },
          { heading: 'EPOCHS', value: (r) => `${r.epochsDone}/${r.settings?.epochs ?? 0}`, align: 'right' },
          { heading: 'CREATED', value: (r) => when(r.createTime) },
        ]);
      }),
    );
  runs
    .command('get <run>')
    .description('show one run, by name (the newest) or id')
    .action(
      action(async (context: CommandContext, name: string) => {
        const noema = await context.connect();
        await show(context, (await noema.runs.getRun({ runId: await runId(context, noema, name) })).run!);
      }),
    );
  runs
    .command('watch <run>')
    .description('show a run until it ends')
    .action(
      action(async (context: CommandContext, name: string) => {
        const noema = await context.connect();
        await show(
          context,
          await watchRun(noema, context.terminal, await runId(context, noema, name), context.signal),
        );
      }),
    );
  runs
    .command('stop <run>')
    .description('stop a run within one batch; its epochs stay')
    .action(
      action(async (context: CommandContext, name: string) => {
        const noema = await context.connect();
        await show(context, (await noema.runs.stopRun({ runId: await runId(context, noema, name) })).run!);
      }),
    );
  runs
    .command('resume <run>')
    .description('continue after the last checkpoint')
    .option('--epochs <number>', 'new total number of epochs', positiveInteger)
    .option('--watch', 'wait, and show every epoch')
    .action(
      action(
        async (
          context: CommandContext,
          name: string,
          { epochs, watch }: { epochs?: number; watch?: boolean },
        ) => {
          const noema = await context.connect();
          const { run } = await noema.runs.resumeRun({
            runId: await runId(context, noema, name),
            epochs: epochs ?? 0,
          });
          await show(
            context,
            watch === true ? await watchRun(noema, context.terminal, run!.id, context.signal) : run!,
          );
        },
      ),
    );
  runs
    .command('rename <run> <name>')
    .description('rename a run, by name (the newest) or id')
    .action(
      action(async (context: CommandContext, name: string, displayName: string) => {
        const noema = await context.connect();
        await show(
          context,
          (
            await noema.runs.updateRun({
              run: { id: await runId(context, noema, name), displayName },
              updateMask: { paths: ['display_name'] },
            })
          ).run!,
        );
      }),
    );
  runs
    .command('delete <run>')
    .description(
      'delete a run that has ended, with its epochs and maps, by id or a name that no other run has',
    )
    .action(
      action(async (context: CommandContext, name: string) => {
        const noema = await context.connect();
        await noema.runs.deleteRun({ runId: await onlyRunId(context, noema, name) });
        context.terminal.note(`deleted the run ${name}`);
      }),
    );
  return runs;
}

/** Loss, optimizer and schedule of a request; the catalogue of the platform is read only for settings. */
async function methodSettings(noema: Noema, options: CreateOptions) {
  const { loss, optimizer, schedule, learningRate: rate } = options;
  const readConfig = async (kind: string, key: string | undefined, texts: readonly SettingText[] = []) => {
    if (texts.length === 0) return {};
    const { methods } = await noema.methods.listMethods({ service: 'training', kind });
    return readSettings(kind, findMethod(methods, key), texts);
  };
  const lossConfig = await readConfig('loss', loss, options.lossSetting);
  const scheduleConfig = await readConfig('schedule', schedule, options.scheduleSetting);
  const optimizerConfig = {
    ...(await readConfig('optimizer', optimizer, options.optimizerSetting)),
    ...(rate !== undefined && { learning_rate: rate }),
  };
  return {
    ...(loss && { loss: { name: loss, config: lossConfig } }),
    ...(schedule && { learningRateSchedule: { name: schedule, config: scheduleConfig } }),
    ...((optimizer !== undefined || Object.keys(optimizerConfig).length > 0) && {
      optimizer: { name: optimizer ?? '', config: optimizerConfig },
    }),
  };
}

async function show({ terminal }: CommandContext, run: Run): Promise<void> {
  printOne(terminal, RunSchema, run, {
    id: run.id,
    name: run.displayName,
    state: stateName(RunState, run.state),
    ...(run.task !== Task.UNSPECIFIED && { task: stateName(Task, run.task) }),
    ...(run.noLossReason !== ''
      ? { loss: `none: ${run.noLossReason}` }
      : run.settings?.loss !== undefined
        ? { loss: run.settings.loss.name }
        : {}),
    epochs: `${run.epochsDone} of ${run.settings?.epochs ?? 0}`,
    engine: run.engine,
    ...(run.fault === undefined ? {} : { fault: run.fault.message }),
  });
}
