import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { artifactRefMessage } from '@noema/contracts';
import type { ExplorationSchema } from '@noema/contracts/noema/projection/v1/exploration';
import {
  type PointChunkSchema,
  type PointColumnSchema,
  PointColumnType,
} from '@noema/contracts/noema/projection/v1/point';
import { faultMessage, jobStateMessage } from '@noema/jobs';
import { defaultParameters, projectionAlgorithms } from '@noema/manifold';
import type { Exploration } from '../domain/exploration.js';
import { warningsOf } from '../domain/exploration.warnings.js';
import type { CodeColumn, NamedColumn, NumberColumn } from '../domain/point-columns.js';
import type { Chunk } from '../domain/points.service.js';
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
  createTime: timestampFromDate(e.createdAt),
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
  warnings: warningsOf(e),
  ...(e.fault && { fault: faultMessage(e.fault) }),
  ...(e.points && { points: artifactRefMessage(e.points) }),
  ...(e.preview && { preview: artifactRefMessage(e.preview) }),
  ...(e.readyAt && { readyTime: timestampFromDate(e.readyAt) }),
});

const bytesOf = (values: Float32Array | Int32Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice();

export function chunkMessage({
  from,
  to,
  axes,
  clusters,
  trust,
  columns,
}: Chunk): MessageInitShape<typeof PointChunkSchema> {
  const axis = (at: number): Uint8Array => bytesOf(axes[at]?.subarray(from, to) ?? new Float32Array());
  return {
    firstRow: from,
    pointCount: to - from,
    x: axis(0),
    y: axis(1),
    z: axis(2),
    clusters: bytesOf(clusters.subarray(from, to)),
    trust: bytesOf(trust.subarray(from, to)),
    columns: columns.map((column) => columnMessage(column, from, to)),
  };
}

function columnMessage(
  column: NamedColumn<NumberColumn | CodeColumn>,
  from: number,
  to: number,
): MessageInitShape<typeof PointColumnSchema> {
  if (column.type === 'code')
    return {
      name: column.name,
      type: PointColumnType.CODE,
      values: bytesOf(column.values.subarray(from, to)),
      names: [...column.names],
    };
  const values = column.values.slice(from, to);
  const missing = Uint8Array.from(values, (value) => (Number.isFinite(value) ? 0 : 1));
  // A value that does not exist is flagged; no NaN ever leaves.
  return {
    name: column.name,
    type: PointColumnType.NUMBER,
    values: bytesOf(values.map((value) => (Number.isFinite(value) ? value : 0))),
    missing: missing.includes(1) ? missing : new Uint8Array(),
  };
}
