import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { artifactRefMessage } from '@noema/contracts';
import type { ExplorationSchema } from '@noema/contracts/noema/projection/v1/exploration';
import { faultMessage, jobStateMessage } from '@noema/jobs';
import { defaultParameters, projectionAlgorithms } from '@noema/manifold';
import type { Exploration } from './exploration.js';
import { listWarnings } from './exploration.warnings.js';
import { clusteringNumbers, projectionNumbers } from '../method-numbers.js';

export const explorationMessage = (e: Exploration): MessageInitShape<typeof ExplorationSchema> => ({
  id: e.id,
  projectId: e.projectId,
  activationSetId: e.activationSetId,
  runId: e.runId,
  epoch: e.epoch,
  datasetVersionId: e.datasetVersionId,
  perceptionSpaceId: e.perceptionSpaceId,
  neighborGraphId: e.neighborGraphId,
  method: e.algorithm,
  algorithm: projectionNumbers.number(e.algorithm),
  params: { ...defaultParameters(projectionAlgorithms.get(e.algorithm)), ...e.params },
  dimensions: e.dimensions,
  seed: e.seed ?? 0,
  alignedTo: e.alignedTo ?? '',
  automatic: e.automatic,
  state: jobStateMessage(e.state),
  jobId: e.jobId ?? '',
  pointCount: e.pointCount,
  meanMovement: e.meanMovement,
  noiseCount: e.noiseCount,
  clusteringMethod: e.clusterMethod,
  clusterMethod: clusteringNumbers.number(e.clusterMethod),
  seconds: e.seconds,
  createTime: timestampFromDate(e.createTime),
  clusters: e.clusters.map(({ centre: [x = 0, y = 0, z = 0], majorityClass, ...cluster }) => ({
    ...cluster,
    x,
    y,
    z,
    majorityClass,
    majorityClassName: e.classNames[majorityClass] ?? '',
  })),
  classNeighbors: e.classNeighbors.map((c) => ({
    ...c,
    className: e.classNames[c.classIndex] ?? '',
    nearestClassName: e.classNames[c.nearestClassIndex] ?? '',
  })),
  ...(e.projectedOnto && { projectedOnto: e.projectedOnto }),
  ...(e.placed && { placed: { ...e.placed } }),
  ...(e.trust && { trust: { ...e.trust } }),
  ...(e.clustering && { clustering: { ...e.clustering } }),
  warnings: listWarnings(e),
  ...(e.fault && { fault: faultMessage(e.fault) }),
  ...(e.points && { points: artifactRefMessage(e.points) }),
  ...(e.preview && { preview: artifactRefMessage(e.preview) }),
  ...(e.readyTime && { readyTime: timestampFromDate(e.readyTime) }),
});
