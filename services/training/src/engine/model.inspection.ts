import { modelLimits } from '@noema/engine';
import { compileModel, exportKeras, exportOnnx } from '@noema/importers';
import { DomainError } from '@noema/kernel';
import { elementCount } from '@noema/onnx';
import {
  type ModelExport,
  type ModelLimit,
  weightStatistics,
  type WeightStatistics,
} from '../model/model-card.js';
import { weightsMisfit } from '../model/model.errors.js';

/** The distribution of each weight of a stored model. Throws `data-loss` WEIGHTS_MISFIT. */
export function inspectWeights(artifact: unknown, weights: Float32Array): WeightStatistics[] {
  const { parameters } = compileModel(artifact, { mode: 'training' });
  const total = parameters.reduce((sum, { dims }) => sum + elementCount(dims), 0);
  if (weights.length !== total) throw weightsMisfit(weights.length, total);
  let at = 0;
  return parameters.map(({ name, layer, dims, trainable }) =>
    weightStatistics(weights.subarray(at, (at += elementCount(dims))), { name, layer, dims, trainable }),
  );
}

/** The file of a stored model in another format. */
export function exportModel(
  artifact: unknown,
  weights: Float32Array,
  { format, opset }: ModelExport,
): Uint8Array | Promise<Uint8Array> {
  const bytes = new Uint8Array(weights.buffer);
  return format === 'keras' ? exportKeras(artifact, bytes) : exportOnnx(artifact, bytes, { opset });
}

/** Limits of a stored model. */
export function inspectLimits(artifact: unknown): ModelLimit[] {
  try {
    const limits = modelLimits({
      inference: compileModel(artifact, { mode: 'inference' }),
      training: compileModel(artifact, { mode: 'training' }),
    });
    return limits.map(({ capability, error: { reason, message } }) => ({ capability, reason, message }));
  } catch (error) {
    if (!(error instanceof DomainError) || error.reason !== 'MODEL_HAS_NO_GRAPH') throw error;
    const { reason, message } = error;
    return [{ capability: 'heat maps, training and export', reason, message }];
  }
}
