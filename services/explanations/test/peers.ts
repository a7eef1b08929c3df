import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { artifactRefMessage } from '@noema/contracts';
import { ActivationSetService } from '@noema/contracts/noema/activations/v1/activation_set_service';
import { DatasetService } from '@noema/contracts/noema/datasets/v1/dataset_service';
import { SampleService } from '@noema/contracts/noema/datasets/v1/sample_service';
import { EpochService } from '@noema/contracts/noema/training/v1/epoch_service';
import { ModelService } from '@noema/contracts/noema/training/v1/model_service';
import { RunService } from '@noema/contracts/noema/training/v1/run_service';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { DomainError } from '@noema/kernel';
import { type Peer, peer } from '@noema/testing';
import { CLASSES, LABELED_ROWS, type World } from './world.js';

const unknown = (what: string): DomainError =>
  new DomainError('not-found', 'NOT_FOUND', `${what} does not exist`);

/**
 * Makes stand-ins of the services datasets, training and activations that answer from the world. Sample ids
 * are `s<row>`; the version of a run's model has the id of the run.
 */
export const makePeers = (world: World): Peer[] => [
  peer(DatasetService, {
    getDatasetVersion: ({ datasetVersionId }) => ({
      datasetVersion: {
        id: datasetVersionId,
        sampleCount: world.rows,
        classNames: CLASSES,
        splits: [
          { split: Split.VALIDATION, firstRow: 0, count: LABELED_ROWS },
          { split: Split.UNLABELED, firstRow: LABELED_ROWS, count: world.rows - LABELED_ROWS },
        ],
      },
    }),
    listShards: () => ({
      shards: world.shards.map(({ index, firstRow, rowCount, inputs, groundTruths }) => ({
        index,
        firstRow,
        rowCount,
        inputs: artifactRefMessage(inputs),
        groundTruths: artifactRefMessage(groundTruths),
      })),
    }),
  }),
  peer(SampleService, {
    getSample: ({ split, sampleId }) => {
      const row = Number(sampleId.slice(1));
      if (!(row >= 0 && row < world.rows)) throw unknown(`sample ${sampleId}`);
      return { sample: { ref: { split, sampleId }, row } };
    },
  }),
  peer(RunService, {
    getRun: ({ runId }) => {
      const { projectId, datasetVersionId, runs } = world;
      if (!runs.has(runId)) throw unknown(`run ${runId}`);
      return { run: { id: runId, projectId, datasetVersionId } };
    },
  }),
  peer(EpochService, {
    getEpoch: ({ runId, epoch }) => {
      const { weights, evaluation } = world.runs.get(runId)!;
      return {
        epoch: {
          runId,
          epoch: epoch === 0 ? 6 : epoch,
          weights: artifactRefMessage(weights),
          evaluation: artifactRefMessage(evaluation),
          modelVersionId: runId,
        },
      };
    },
  }),
  peer(ModelService, {
    getModel: ({ modelId }) => ({
      model: { id: modelId, outputs: [{ name: 'side', dims: [CLASSES.length] }] },
    }),
    getModelVersion: ({ modelVersionId }) => ({
      modelVersion: {
        id: modelVersionId,
        modelId: modelVersionId,
        topology: artifactRefMessage(world.runs.get(modelVersionId)!.topology),
      },
    }),
    listLayers: ({ modelVersionId }) => {
      const { model } = world.runs.get(modelVersionId)!;
      return {
        layers: model.layers.map(({ name, kind, units, isConvolution }) => ({
          name,
          kind,
          unitCount: units,
          convolutional: isConvolution,
        })),
      };
    },
  }),
  peer(ActivationSetService, {
    getActivationSet: ({ activationSetId }) => {
      if (activationSetId !== world.activationSetId) throw unknown(`activation set ${activationSetId}`);
      return { activationSet: makeSet(world) };
    },
    listActivationSets: () => ({ activationSets: [makeSet(world)] }),
    listActivationShards: () => ({
      shards: world.shards.map(({ index, firstRow, rowCount, vectors }) => ({
        index,
        firstRow,
        rowCount,
        vectors: artifactRefMessage(vectors),
      })),
    }),
  }),
];

function makeSet({ activationSetId: id, projectId, runId, datasetVersionId, basis, moments, runs }: World) {
  let firstUnit = 0;
  const layers = runs.get(runId)!.model.layers.map(({ name, kind, units }) => ({
    name,
    kind,
    unitCount: units,
    firstUnit: (firstUnit += units) - units,
  }));
  return {
    id,
    projectId,
    runId,
    epoch: 6,
    datasetVersionId,
    layers,
    basis: artifactRefMessage(basis),
    moments: artifactRefMessage(moments),
    readyTime: timestampFromDate(new Date()),
  };
}
