import type { JsonObject, MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { artifactRefMessage } from '@noema/contracts';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import {
  type LayerSchema,
  ModelFormat,
  type ModelSchema,
  ModelVersionOrigin as Origin,
  type ModelVersionSchema,
} from '@noema/contracts/noema/training/v1/model';
import { DataType, type TensorSpecSchema } from '@noema/contracts/noema/type/v1/tensor_spec';
import type {
  LayerInfo,
  Model,
  ModelFormat as Format,
  ModelVersion,
  ModelVersionOrigin,
  TensorSpec,
} from './model.js';
import type { ModelImport } from '../model-import/model-import.js';

const ORIGINS: Readonly<Record<ModelVersionOrigin, Origin>> = {
  initialized: Origin.INITIALIZED,
  trained: Origin.TRAINED,
  imported: Origin.IMPORTED,
  recorded: Origin.RECORDED,
  adapted: Origin.ADAPTED,
};
/** Formats by the names that they have inside. */
export const FORMATS: Readonly<Record<Format, ModelFormat>> = {
  'layers-json': ModelFormat.LAYERS_JSON,
  onnx: ModelFormat.ONNX,
  'tfjs-layers': ModelFormat.TFJS_LAYERS,
  'tfjs-graph': ModelFormat.TFJS_GRAPH,
  keras: ModelFormat.KERAS_V3,
  'keras-h5': ModelFormat.KERAS_H5,
  recorded: ModelFormat.RECORDED,
};

const tensorSpecMessage = ({
  name,
  dims,
  classNames = [],
  preprocessing = [],
  vocabulary,
}: TensorSpec): MessageInitShape<typeof TensorSpecSchema> => ({
  name,
  dataType: DataType.FLOAT32,
  dims: [...dims],
  classNames: [...classNames],
  preprocessing: [...preprocessing],
  ...(vocabulary && { vocabulary }),
});

export const modelMessage = ({
  inputs,
  outputs,
  format,
  createTime,
  layers,
  ...model
}: Model): MessageInitShape<typeof ModelSchema> => ({
  ...model,
  format: FORMATS[format],
  inputs: inputs.map(tensorSpecMessage),
  outputs: outputs.map(tensorSpecMessage),
  createTime: timestampFromDate(createTime),
  layers: [...layers],
});

export const modelVersionMessage = ({
  id,
  modelId,
  projectId,
  number,
  origin,
  runId,
  epoch,
  topology,
  weights,
  imported,
  createTime,
}: ModelVersion): MessageInitShape<typeof ModelVersionSchema> => ({
  id,
  modelId,
  projectId,
  number,
  origin: ORIGINS[origin],
  runId,
  epoch,
  state: JobState.SUCCEEDED,
  topology: artifactRefMessage(topology),
  createTime: timestampFromDate(createTime),
  ...(weights && { weights: artifactRefMessage(weights) }),
  ...(imported && { imported: artifactRefMessage(imported) }),
});

/** A version that a job is about to import. */
export const importedVersionMessage = (
  { modelVersionId, modelId, projectId }: Pick<ModelImport, 'modelVersionId' | 'modelId' | 'projectId'>,
  jobId: string,
): MessageInitShape<typeof ModelVersionSchema> => ({
  id: modelVersionId,
  modelId,
  projectId,
  origin: Origin.IMPORTED,
  state: JobState.QUEUED,
  jobId,
});

export const layerMessage = ({
  name,
  kind,
  outputDims,
  parameterCount,
  unitCount,
  isConvolution,
  config,
  inputs,
}: LayerInfo): MessageInitShape<typeof LayerSchema> => ({
  name,
  kind,
  outputDims: [...outputDims],
  parameterCount,
  unitCount,
  convolutional: isConvolution,
  config: config as JsonObject,
  inputs: [...inputs],
});
