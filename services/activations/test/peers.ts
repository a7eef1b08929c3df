import { artifactRefMessage } from '@noema/contracts';
import { DatasetService } from '@noema/contracts/noema/datasets/v1/dataset_service';
import { SampleService } from '@noema/contracts/noema/datasets/v1/sample_service';
import { EpochService } from '@noema/contracts/noema/training/v1/epoch_service';
import { ModelService } from '@noema/contracts/noema/training/v1/model_service';
import { RunService } from '@noema/contracts/noema/training/v1/run_service';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { ProjectService } from '@noema/contracts/noema/workspace/v1/project_service';
import { DomainError } from '@noema/kernel';
import { type Peer, peer } from '@noema/testing';
import { CLASSES, type World } from './world.js';

const unknown = (what: string): DomainError =>
  new DomainError('not-found', 'NOT_FOUND', `${what} does not exist`);

/** Makes stand-ins of the services datasets, training and workspace that answer from the world. */
export const makePeers = (world: World): Peer[] => [
  peer(DatasetService, {
    getDatasetVersion: ({ datasetVersionId }) => {
      const { rows, shardSize, shards, other } = world;
      if (datasetVersionId === other.datasetVersionId)
        return {
          datasetVersion: { id: datasetVersionId, sampleCount: 20, shardSize: 10, classNames: CLASSES },
        };
      if (datasetVersionId !== world.datasetVersionId) throw unknown(datasetVersionId);
      return {
        datasetVersion: {
          id: datasetVersionId,
          sampleCount: shards.length === 0 ? 0 : rows,
          shardSize,
          classNames: CLASSES,
          samples: artifactRefMessage(world.samples),
        },
      };
    },
    listShards: ({ datasetVersionId, pageToken }) => {
      const { shards } = datasetVersionId === world.other.datasetVersionId ? world.other : world;
      const from = Number(pageToken === '' ? 0 : pageToken);
      const page = shards
        .slice(from, from + 2)
        .map((shard) => ({ ...shard, inputs: artifactRefMessage(shard.inputs) }));
      return { shards: page, nextPageToken: from + 2 < shards.length ? String(from + 2) : '' };
    },
  }),
  peer(SampleService, {
    listSamples: ({ rows }) => ({
      samples: rows.map((row) => ({ row, ref: { split: Split.TRAINING, sampleId: `s${row}` } })),
    }),
  }),
  peer(RunService, {
    getRun: ({ runId }) => {
      const { projectId, datasetVersionId } = world;
      if (!world.runs.has(runId) && !world.recordings.has(runId)) throw unknown(`run ${runId}`);
      return { run: { id: runId, projectId, datasetVersionId } };
    },
  }),
  peer(EpochService, {
    getEpoch: ({ runId, epoch }) => {
      const [weights, recorded] = [world.runs.get(runId), world.recordings.get(runId)];
      if (weights === undefined && recorded === undefined) throw unknown(`run ${runId}`);
      return {
        epoch: {
          runId,
          epoch: epoch === 0 ? 1 : epoch,
          ...(weights && { weights: artifactRefMessage(weights), modelVersionId: 'model-version' }),
          ...(recorded && { recordedResponses: artifactRefMessage(recorded) }),
          partialReason: world.partial.get(runId) ?? '',
          evaluation: artifactRefMessage(world.evaluation),
        },
      };
    },
  }),
  peer(ModelService, {
    getModelVersion: ({ modelVersionId }) => ({
      modelVersion: { id: modelVersionId, topology: artifactRefMessage(world.topology) },
    }),
  }),
  peer(ProjectService, {
    getProject: ({ projectId }, { principal }) => {
      if (projectId !== world.projectId || principal.teamId !== world.teamId)
        throw unknown(`project ${projectId}`);
      return { project: { id: projectId } };
    },
  }),
];
