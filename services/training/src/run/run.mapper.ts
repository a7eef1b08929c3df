import type { JsonObject, MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { taskMessage } from '@noema/contracts';
import {
  type KerasSpec as KerasSpecMessage,
  type KerasSpecSchema,
  RunKind as Kind,
  type RunProgressSchema,
  type RunSchema,
  type RunSettings as RunSettingsMessage,
  type RunSettingsSchema,
  RunState as State,
} from '@noema/contracts/noema/training/v1/run';
import type { CreateRunRequest } from '@noema/contracts/noema/training/v1/run_service';
import { faultMessage } from '@noema/jobs';
import { epochMessage } from '../epoch/epoch.mapper.js';
import type { KerasSpec, Run, RunProgress, RunSettings, RunState } from './run.js';
import type { RunRequest } from './run.planner.js';
import type { RequestedSettings } from './run.settings.js';

const STATES: Readonly<Record<RunState, State>> = {
  queued: State.QUEUED,
  running: State.RUNNING,
  stopping: State.STOPPING,
  stopped: State.STOPPED,
  succeeded: State.SUCCEEDED,
  failed: State.FAILED,
};

const KINDS: Readonly<Record<RunSettings['kind'], Kind>> = {
  train: Kind.TRAIN,
  evaluate: Kind.EVALUATE,
  recorded: Kind.RECORDED,
};

const parseSpec = ({ name, config }: KerasSpecMessage): KerasSpec => ({ name, config: config ?? {} });
const specMessage = ({ name, config }: KerasSpec): MessageInitShape<typeof KerasSpecSchema> => ({
  name,
  config: config as JsonObject,
});

export const parseRunRequest = ({
  projectId,
  displayName,
  datasetVersionId,
  modelVersionId,
  settings,
}: CreateRunRequest): RunRequest => ({
  projectId,
  displayName,
  datasetVersionId,
  modelVersionId,
  settings: settings === undefined ? {} : parseSettings(settings),
});

const parseSettings = ({
  kind,
  epochs,
  batchSize,
  seed,
  loss,
  optimizer,
  metrics,
  learningRateSchedule,
  workers,
  layers,
  frozenLayers,
}: RunSettingsMessage): RequestedSettings => ({
  kind: kind === Kind.EVALUATE ? 'evaluate' : 'train',
  epochs,
  batchSize,
  seed,
  workers,
  layers,
  frozenLayers,
  metrics: metrics.map(parseSpec),
  ...(loss && { loss: parseSpec(loss) }),
  ...(optimizer && { optimizer: parseSpec(optimizer) }),
  ...(learningRateSchedule && { learningRateSchedule: parseSpec(learningRateSchedule) }),
});

const settingsMessage = ({
  kind,
  epochs,
  batchSize,
  seed,
  loss,
  optimizer,
  metrics,
  learningRateSchedule,
  workers,
  layers = [],
  layersNote = '',
  frozenLayers = [],
}: RunSettings): MessageInitShape<typeof RunSettingsSchema> => ({
  kind: KINDS[kind],
  epochs,
  batchSize,
  seed,
  workers,
  layers: [...layers],
  layersNote,
  frozenLayers: [...frozenLayers],
  ...(loss && { loss: specMessage(loss) }),
  optimizer: specMessage(optimizer),
  metrics: metrics.map(specMessage),
  ...(learningRateSchedule && { learningRateSchedule: specMessage(learningRateSchedule) }),
});

export const runMessage = (run: Run): MessageInitShape<typeof RunSchema> => ({
  id: run.id,
  projectId: run.projectId,
  displayName: run.displayName,
  datasetVersionId: run.datasetVersionId,
  modelVersionId: run.modelVersionId,
  settings: settingsMessage(run.settings),
  state: STATES[run.state],
  jobId: run.jobId,
  epochsDone: run.epochsDone,
  engine: run.engine,
  createTime: timestampFromDate(run.createTime),
  task: taskMessage(run.settings.objectives?.[0]?.task),
  noLossReason: run.settings.noLossReason ?? '',
  objectives: (run.settings.objectives ?? []).map(({ output, task, loss }) => ({
    output,
    task: taskMessage(task),
    ...(loss && { loss: specMessage(loss) }),
  })),
  ...(run.fault && { fault: faultMessage(run.fault) }),
  ...(run.lastEpoch && { lastEpoch: epochMessage(run.lastEpoch) }),
  ...(run.endTime && { endTime: timestampFromDate(run.endTime) }),
});

export const progressMessage = (progress: RunProgress): MessageInitShape<typeof RunProgressSchema> => ({
  ...progress,
});
