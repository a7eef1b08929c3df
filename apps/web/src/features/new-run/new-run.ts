import type { MessageInitShape } from '@bufbuild/protobuf';
import { type Run, RunKind } from '@noema/contracts/noema/training/v1/run';
import type { CreateRunRequestSchema } from '@noema/contracts/noema/training/v1/run_service';

/**
 * Whose responses are followed: those of the layers of the model, of all, of what is proposed of its blocks,
 * or of chosen ones.
 */
export type Followed = 'model' | 'all' | 'blocks' | 'chosen';

/** What the form of a new run holds; numbers may be empty while somebody types. */
export interface NewRun {
  readonly displayName: string;
  readonly datasetVersionId: string | null;
  readonly modelVersionId: string | null;
  readonly kind: 'train' | 'evaluate';
  readonly epochs: number | string;
  readonly batchSize: number | string;
  readonly seed: number | string;
  readonly optimizer: string;
  readonly learningRate: number | string;
  readonly loss: string;
  readonly metrics: readonly string[];
  readonly followed: Followed;
  /** Names of the layers that were chosen. */
  readonly layers: readonly string[];
  /** Settings of the run that this one is like; what the form does not show is taken from them. */
  readonly like?: Run['settings'];
}

/** Optimizers under their Keras names with Keras' learning rates. */
export const OPTIMIZERS: Readonly<Record<string, number>> = {
  adam: 0.001,
  adamw: 0.001,
  rmsprop: 0.001,
  sgd: 0.01,
};
/** Stands for the loss that follows from the model's outputs and the ground truth. */
export const FITTING_LOSS = 'by model and data';

export const LOSSES: readonly string[] = [
  FITTING_LOSS,
  'categorical_crossentropy',
  'sparse_categorical_crossentropy',
  'binary_crossentropy',
  'mean_squared_error',
  'mean_absolute_error',
  'huber',
];
export const METRICS: readonly string[] = [
  'accuracy',
  'top_k_categorical_accuracy',
  'auc',
  'binary_accuracy',
  'precision',
  'recall',
  'mean_absolute_error',
  'mean_squared_error',
  'root_mean_squared_error',
  'r2_score',
  'pixel_accuracy',
  'mean_iou',
];

export const FIRST_RUN: NewRun = {
  displayName: '',
  datasetVersionId: null,
  modelVersionId: null,
  kind: 'train',
  epochs: 5,
  batchSize: 64,
  seed: 7,
  optimizer: 'adam',
  learningRate: 0.001,
  loss: FITTING_LOSS,
  metrics: [],
  followed: 'model',
  layers: [],
};

/** What keeps the form from being sent, by field; the platform checks everything else. */
export function missingOf(run: NewRun): Readonly<Partial<Record<keyof NewRun, string>>> {
  const whole = (value: number | string): boolean => Number.isSafeInteger(Number(value)) && value !== '';
  const faults: Partial<Record<keyof NewRun, string>> = {};
  if (run.datasetVersionId === null) faults.datasetVersionId = 'choose the data';
  if (run.modelVersionId === null) faults.modelVersionId = 'choose the model';
  if (!whole(run.seed)) faults.seed = 'give a whole number';
  if (run.followed === 'chosen' && run.layers.length === 0) faults.layers = 'choose at least one layer';
  if (run.kind === 'evaluate') return faults;
  if (!whole(run.epochs) || Number(run.epochs) < 1) faults.epochs = 'give a whole number from 1';
  if (!whole(run.batchSize) || Number(run.batchSize) < 1) faults.batchSize = 'give a whole number from 1';
  if (!(Number(run.learningRate) > 0)) faults.learningRate = 'give a number above 0';
  return faults;
}

/** What the form holds for another run like that one; its name stays free, so that it can be told from it. */
export function settingsOf({
  datasetVersionId,
  modelVersionId,
  settings,
}: Pick<Run, 'datasetVersionId' | 'modelVersionId' | 'settings'>): Partial<NewRun> {
  const optimizer = settings?.optimizer?.name || FIRST_RUN.optimizer;
  const rate = settings?.optimizer?.config?.['learning_rate'];
  return {
    datasetVersionId,
    modelVersionId,
    kind: settings?.kind === RunKind.EVALUATE ? 'evaluate' : 'train',
    optimizer,
    learningRate: typeof rate === 'number' ? rate : (OPTIMIZERS[optimizer] ?? FIRST_RUN.learningRate),
    seed: Number(settings?.seed ?? FIRST_RUN.seed),
    epochs: settings?.epochs || FIRST_RUN.epochs,
    batchSize: settings?.batchSize || FIRST_RUN.batchSize,
    like: settings,
    loss: settings?.loss?.name || FITTING_LOSS,
    metrics: settings?.metrics.map(({ name }) => name) ?? [],
    followed: (settings?.layers.length ?? 0) > 0 ? 'chosen' : 'all',
    layers: settings?.layers ?? [],
  };
}

/** The request of a form without missing fields. */
export function requestOf(
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
      loss: like?.loss?.name === run.loss ? like.loss : { name: run.loss },
    }),
    metrics,
  };
  const config = {
    ...(like?.optimizer?.name === run.optimizer ? like.optimizer.config : {}),
    learning_rate: Number(run.learningRate),
  };
  const kept = {
    workers: like?.workers ?? 0,
    ...(like?.learningRateSchedule !== undefined && { learningRateSchedule: like.learningRateSchedule }),
  };
  const settings =
    run.kind === 'evaluate'
      ? { kind: RunKind.EVALUATE, ...common }
      : {
          kind: RunKind.TRAIN,
          ...common,
          ...kept,
          epochs: Number(run.epochs),
          batchSize: Number(run.batchSize),
          optimizer: { name: run.optimizer, config },
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
