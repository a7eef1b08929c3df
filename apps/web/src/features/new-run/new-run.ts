import type { MessageInitShape } from '@bufbuild/protobuf';
import { type Run, RunKind, type RunSettingsSchema } from '@noema/contracts/noema/training/v1/run';
import type { CreateRunRequestSchema } from '@noema/contracts/noema/training/v1/run_service';
import { requestedSettings, type Settings, shownSettings } from '../../parts/method-settings.js';

/**
 * Layers whose responses are followed: the layers of the model, all, the proposed outputs of its blocks, or
 * chosen ones.
 */
export type Followed = 'model' | 'all' | 'blocks' | 'chosen';

/** The fields of the form of a new run; numbers may be empty while somebody types. */
export interface NewRun {
  readonly displayName: string;
  readonly datasetVersionId: string | null;
  readonly modelVersionId: string | null;
  readonly kind: 'train' | 'evaluate';
  readonly epochs: number | string;
  readonly batchSize: number | string;
  readonly seed: number | string;
  /** Key of the optimizer; empty for the platform's default. */
  readonly optimizer: string;
  readonly optimizerSettings: Settings;
  /** Key of the learning-rate schedule; empty for the constant rate of the optimizer. */
  readonly schedule: string;
  readonly scheduleSettings: Settings;
  readonly loss: string;
  readonly lossSettings: Settings;
  readonly metrics: readonly string[];
  readonly followed: Followed;
  /** Names of the layers that were chosen. */
  readonly layers: readonly string[];
  /** Names or patterns of the layers that are not trained. */
  readonly frozen: readonly string[];
  /** Settings of the run that this one is like; what the form does not show is taken from them. */
  readonly like?: Run['settings'];
}

/** Stands for the loss that follows from the model's outputs and the ground truth. */
export const FITTING_LOSS = 'by model and data';

export const FIRST_RUN: NewRun = {
  displayName: '',
  datasetVersionId: null,
  modelVersionId: null,
  kind: 'train',
  epochs: 5,
  batchSize: 64,
  seed: 7,
  optimizer: '',
  optimizerSettings: {},
  schedule: '',
  scheduleSettings: {},
  loss: FITTING_LOSS,
  lossSettings: {},
  metrics: [],
  followed: 'model',
  layers: [],
  frozen: [],
};

/** Faults that keep the form from being sent, by field; the platform checks everything else. */
export function findMissing(run: NewRun): Readonly<Partial<Record<keyof NewRun, string>>> {
  const whole = (value: number | string): boolean => Number.isSafeInteger(Number(value)) && value !== '';
  const faults: Partial<Record<keyof NewRun, string>> = {};
  if (run.datasetVersionId === null) faults.datasetVersionId = 'choose the data';
  if (run.modelVersionId === null) faults.modelVersionId = 'choose the model';
  if (!whole(run.seed)) faults.seed = 'give a whole number';
  if (run.followed === 'chosen' && run.layers.length === 0) faults.layers = 'choose at least one layer';
  if (run.kind === 'evaluate') return faults;
  if (!whole(run.epochs) || Number(run.epochs) < 1) faults.epochs = 'give a whole number from 1';
  if (!whole(run.batchSize) || Number(run.batchSize) < 1) faults.batchSize = 'give a whole number from 1';
  return faults;
}

/**
 * The fields of the form for another run like that one; the name stays empty, so that the new run gets its
 * own.
 */
export function toSettings({
  datasetVersionId,
  modelVersionId,
  settings,
}: Pick<Run, 'datasetVersionId' | 'modelVersionId' | 'settings'>): Partial<NewRun> {
  return {
    datasetVersionId,
    modelVersionId,
    kind: settings?.kind === RunKind.EVALUATE ? 'evaluate' : 'train',
    optimizer: settings?.optimizer?.name ?? FIRST_RUN.optimizer,
    optimizerSettings: shownSettings(settings?.optimizer?.config),
    schedule: settings?.learningRateSchedule?.name ?? FIRST_RUN.schedule,
    scheduleSettings: shownSettings(settings?.learningRateSchedule?.config),
    seed: Number(settings?.seed ?? FIRST_RUN.seed),
    epochs: settings?.epochs || FIRST_RUN.epochs,
    batchSize: settings?.batchSize || FIRST_RUN.batchSize,
    like: settings,
    loss: settings?.loss?.name || FITTING_LOSS,
    lossSettings: shownSettings(settings?.loss?.config),
    metrics: settings?.metrics.map(({ name }) => name) ?? [],
    followed: (settings?.layers.length ?? 0) > 0 ? 'chosen' : 'all',
    layers: settings?.layers ?? [],
    frozen: settings?.frozenLayers ?? [],
  };
}

/** The request of a form without missing fields. */
export function toRequest(
  run: NewRun,
  projectId: string,
  requestId: string,
): MessageInitShape<typeof CreateRunRequestSchema> {
  const { like } = run;
  const metrics = run.metrics.map((name) => like?.metrics.find((known) => known.name === name) ?? { name });
  const layers = { model: [], all: ['*'], blocks: ['blocks'], chosen: [...run.layers] }[run.followed];
  const common = {
    seed: Number(run.seed),
    layers,
    ...(run.loss !== FITTING_LOSS && {
      loss: { name: run.loss, config: requestedSettings(run.lossSettings) },
    }),
    metrics,
  };
  const settings =
    run.kind === 'evaluate'
      ? { kind: RunKind.EVALUATE, ...common }
      : {
          kind: RunKind.TRAIN,
          ...common,
          workers: like?.workers ?? 0,
          frozenLayers: [...run.frozen],
          epochs: Number(run.epochs),
          batchSize: Number(run.batchSize),
          ...chosenOptimizer(run),
          ...(run.schedule !== '' && {
            learningRateSchedule: { name: run.schedule, config: requestedSettings(run.scheduleSettings) },
          }),
        };
  return {
    projectId,
    displayName: run.displayName.trim(),
    datasetVersionId: run.datasetVersionId ?? '',
    modelVersionId: run.modelVersionId ?? '',
    settings,
    requestId,
  };
}

/** The optimizer of a request; none where the platform chooses it with all of its settings. */
function chosenOptimizer({
  optimizer: name,
  optimizerSettings,
}: NewRun): Pick<MessageInitShape<typeof RunSettingsSchema>, 'optimizer'> {
  const config = requestedSettings(optimizerSettings);
  return name === '' && Object.keys(config).length === 0 ? {} : { optimizer: { name, config } };
}
