import type { MessageInitShape } from '@bufbuild/protobuf';
import { artifactRefMessage } from '@noema/contracts';
import {
  type ActivationSetSchema,
  type ActivationShardSchema,
  BasisMethod,
} from '@noema/contracts/noema/activations/v1/activation_set';
import { jobResourceMessage } from '@noema/jobs';
import type { ActivationSet, ActivationShard } from './activation-set.js';

/** A set as the API shows it. */
export function activationSetMessage(set: ActivationSet): MessageInitShape<typeof ActivationSetSchema> {
  let firstUnit = 0;
  const layers = set.layers.map((layer) => {
    const { name, kind, units, positionDims, droppedUnits, firstEigenvalue } = layer;
    const message = {
      name,
      kind,
      unitCount: units,
      firstUnit,
      droppedUnitCount: droppedUnits.length,
      droppedUnits: [...droppedUnits],
      firstEigenvalue,
      positionDims: [...positionDims],
    };
    firstUnit += units;
    return message;
  });
  const {
    projectId,
    runId,
    epoch,
    datasetVersionId,
    modelVersionId,
    perceptionSpaceId,
    sampleCount,
    shardSize,
    dimensions,
    explainedVariance,
    engine,
  } = set;
  return {
    ...jobResourceMessage(set),
    projectId,
    runId,
    epoch,
    datasetVersionId,
    modelVersionId,
    perceptionSpaceId,
    sampleCount,
    shardSize,
    dimensions,
    explainedVariance,
    engine,
    layers,
    ...(set.moments && { moments: artifactRefMessage(set.moments) }),
    ...(set.basis && {
      basisMethod: set.basisMethod === 'exact' ? BasisMethod.EXACT : BasisMethod.RANDOMIZED,
      basisResidual: set.basisResidual,
    }),
    referenceSetId: set.referenceSetId ?? '',
    ...(set.basis && { basis: artifactRefMessage(set.basis) }),
  };
}

/** A shard as the API shows it. */
export const activationShardMessage = ({
  index,
  firstRow,
  rowCount,
  responses,
  vectors,
}: ActivationShard): MessageInitShape<typeof ActivationShardSchema> => ({
  index,
  firstRow,
  rowCount,
  ...(responses && { responses: artifactRefMessage(responses) }),
  ...(vectors && { vectors: artifactRefMessage(vectors) }),
});
