import { fromBinary, type MessageInitShape, toBinary, create } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import {
  type ModelQuery as ModelQueryMessage,
  ModelQuerySchema,
  type ModelResult as ModelResultMessage,
  ModelResultSchema,
  ScoreActivation as ScoreActivationMessage,
  type ServedModelSchema,
  type ServedTensor as ServedTensorMessage,
  type ServedTensorSchema,
} from '@noema/contracts/noema/explanations/v1/served_model';
import type { ModelQuery, ModelResult, ScoreActivation, ServedModel, ServedTensor } from './served-model.js';
import { servedResultInvalid } from './served-model.errors.js';

const ACTIVATIONS: Readonly<Record<ScoreActivation, ScoreActivationMessage>> = {
  none: ScoreActivationMessage.UNSPECIFIED,
  softmax: ScoreActivationMessage.SOFTMAX,
  sigmoid: ScoreActivationMessage.SIGMOID,
};

/** An unknown activation counts as no activation: the outputs then differ, and the model is refused. */
export const toActivation = (message: ScoreActivationMessage): ScoreActivation =>
  (Object.keys(ACTIVATIONS) as ScoreActivation[]).find((name) => ACTIVATIONS[name] === message) ?? 'none';

export const servedModelMessage = ({
  id,
  runId,
  epoch,
  activation,
  createTime,
}: ServedModel): MessageInitShape<typeof ServedModelSchema> => ({
  id,
  runId,
  epoch,
  scoreActivation: ACTIVATIONS[activation],
  createTime: timestampFromDate(createTime),
});

/** Little endian, as every machine that this runs on. */
export const encodeNumbers = (data: Float32Array): Uint8Array<ArrayBuffer> =>
  new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);

/** Throws `invalid` SERVED_RESULT_INVALID for bytes that are no float32. */
export function decodeNumbers(bytes: Uint8Array, what: string): Float32Array {
  if (bytes.byteLength % 4 !== 0)
    throw servedResultInvalid(what, bytes.byteLength / 4, bytes.byteLength >> 2);
  // A copy: the bytes may be a part of a larger buffer, and need not be aligned.
  return new Float32Array(Uint8Array.from(bytes).buffer);
}

const tensorMessage = ({ name, dims, data }: ServedTensor): MessageInitShape<typeof ServedTensorSchema> => ({
  name,
  dims: [...dims],
  data: encodeNumbers(data),
});

const toTensor = ({ name, dims, data }: ServedTensorMessage): ServedTensor => ({
  name,
  dims,
  data: decodeNumbers(data, `layer "${name}"`),
});

export const modelQueryMessage = (id: string, query: ModelQuery): ModelQueryMessage =>
  create(ModelQuerySchema, {
    id,
    rows: query.rows,
    inputs: query.inputs.map(tensorMessage),
    ...(query.scoreWeights && { scoreWeights: encodeNumbers(query.scoreWeights) }),
    inputGradients: query.inputGradients,
    layers: [...query.layers],
  });

export const toModelResult = (message: ModelResultMessage): ModelResult => ({
  scores: decodeNumbers(message.scores, 'the scores'),
  inputGradients: decodeNumbers(message.inputGradients, 'the gradients of the input'),
  activations: message.activations.map(toTensor),
  gradients: message.gradients.map(toTensor),
  error: message.error,
});

export const encodeQuery = (id: string, query: ModelQuery): Uint8Array =>
  toBinary(ModelQuerySchema, modelQueryMessage(id, query));
export const decodeQuery = (bytes: Uint8Array): ModelQueryMessage => fromBinary(ModelQuerySchema, bytes);
export const encodeResult = (result: ModelResultMessage): Uint8Array => toBinary(ModelResultSchema, result);
export const decodeResult = (bytes: Uint8Array): ModelResult =>
  toModelResult(fromBinary(ModelResultSchema, bytes));
