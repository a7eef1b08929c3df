import { fromBinary, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { findTask, parseSplit } from '@noema/contracts';
import {
  type EpochEnd,
  type EpochGraph,
  RecordedContent as Content,
  type RecordingSchema,
  type SampleRecord as SampleRecordMessage,
  SampleRecordSchema,
} from '@noema/contracts/noema/training/v1/recording';
import { OutputActivation } from '@noema/contracts/noema/training/v1/model_service';
import type { CreateRecordingRequest } from '@noema/contracts/noema/training/v1/recording_service';
import { DataType } from '@noema/contracts/noema/type/v1/tensor_spec';
import type { GraphFacts } from './recorded-graph.js';
import { recordInvalid } from './recording.errors.js';
import type {
  EpochFacts,
  RecordedContent,
  RecordedType,
  Recording,
  RecordingRequest,
  SampleRecord,
} from './recording.js';

const CONTENTS: Partial<Record<Content, RecordedContent>> = {
  [Content.OUTPUT]: 'output',
  [Content.LOSS]: 'loss',
  [Content.RESPONSE_MEAN]: 'mean',
  [Content.RESPONSE_MAX]: 'max',
};
const TYPES: Partial<Record<DataType, RecordedType>> = {
  [DataType.FLOAT32]: 'float32',
  [DataType.FLOAT16]: 'float16',
  [DataType.UINT8]: 'uint8',
};

export const toRecordingRequest = (request: CreateRecordingRequest): RecordingRequest => ({
  projectId: request.projectId,
  displayName: request.displayName,
  datasetVersionId: request.datasetVersionId,
  modelName: request.modelName,
  outputDims: request.outputDims,
  task: findTask(request.task),
  layers: request.layers.map(({ name, kind, unitCount, positionDims }) => ({
    name,
    kind,
    units: unitCount,
    positionDims,
  })),
  layersNote: request.layersNote,
  epochs: request.epochs,
  writers: request.writers === 0 ? 1 : request.writers,
  framework: request.framework,
  parameterCount: Number(request.parameterCount),
});

/** Throws `invalid` RECORD_INVALID. */
export const toSampleRecord = (message: SampleRecordMessage): SampleRecord => ({
  split: parseSplit(message.split),
  sampleIds: message.sampleIds,
  trainingMode: message.trainingMode,
  columns: message.columns.map(({ content, layer, dataType, data, steps }) => {
    const [kind, type] = [CONTENTS[content], TYPES[dataType]];
    if (kind === undefined) throw recordInvalid(`a column with the content ${content}`);
    if (type === undefined)
      throw recordInvalid(`numbers of the type ${dataType}; send float32, float16 or uint8`);
    return { content: kind, layer, type, data, steps };
  }),
});

export const recordBytes = (message: SampleRecordMessage): Uint8Array =>
  toBinary(SampleRecordSchema, message);

export const readRecord = (bytes: Uint8Array): SampleRecord =>
  toSampleRecord(fromBinary(SampleRecordSchema, bytes));

export const toEpochFacts = ({
  seconds,
  samplesPerSecond,
  metrics,
  droppedRows,
  graph,
}: EpochEnd): EpochFacts => ({
  seconds,
  samplesPerSecond,
  metrics: metrics.map(({ name, value }) => ({ name, value })),
  droppedRows: Number(droppedRows),
  ...(graph && { graph: toGraphFacts(graph) }),
});

const ACTIVATIONS: Partial<Record<OutputActivation, 'softmax' | 'sigmoid'>> = {
  [OutputActivation.SOFTMAX]: 'softmax',
  [OutputActivation.SIGMOID]: 'sigmoid',
};

function toGraphFacts(graph: EpochGraph): GraphFacts {
  const { sha256, output, layers, channelsFirst, missingReason } = graph;
  const outputActivation = ACTIVATIONS[graph.outputActivation];
  return {
    sizeBytes: Number(graph.sizeBytes),
    sha256,
    output,
    layers: layers.map(({ name, output: from, unitAxis }) => ({ name, output: from, unitAxis })),
    channelsFirst,
    missingReason,
    ...(outputActivation && { outputActivation }),
  };
}

export const recordingMessage = (recording: Recording): MessageInitShape<typeof RecordingSchema> => ({
  runId: recording.runId,
  writers: recording.writerStates.map(({ writer, sequence, epochsEnded, ended, branch }) => ({
    writer,
    sequence: BigInt(sequence),
    epochsEnded,
    ended,
    branch,
  })),
  layers: recording.layers.map(({ name, kind, units, positionDims }) => ({
    name,
    kind,
    unitCount: units,
    positionDims: [...positionDims],
  })),
  openEpoch: recording.openEpoch,
  openEpochShare: recording.openEpochShare,
});
