import { type ArtifactRef, type JobResource, type JobResourceFilter, deriveUuid } from '@noema/kernel';

/** Artifacts of an epoch from which responses are taken. */
export interface EpochOfRun {
  readonly projectId: string;
  readonly runId: string;
  /** From 1. */
  readonly epoch: number;
  readonly datasetVersionId: string;
  readonly modelVersionId: string;
  /** Topology and weights of the model; absent for a recorded epoch whose graph the client did not send. */
  readonly topology?: ArtifactRef | undefined;
  readonly weights?: ArtifactRef | undefined;
  /** Layers and files of the responses that a client recorded; absent if the platform computes them. */
  readonly recorded?: ArtifactRef | undefined;
  /** Evaluation of all rows; absent for an epoch without an evaluation. */
  readonly evaluation?: ArtifactRef | undefined;
  /** Names of the layers that are followed; empty for all learned ones. */
  readonly followed: readonly string[];
  /** Branch of a recorded run; absent or 0 for the first branch, and for runs of the platform. */
  readonly branch?: number;
  /** First epoch of the branch: sets of lower branches from it on are obsolete. */
  readonly branchStart?: number;
}

/** One layer with learned units. */
export interface ActivationLayer {
  readonly name: string;
  readonly kind: string;
  readonly units: number;
  /** Sizes of the positions that responses are taken over; empty for a dense layer. */
  readonly positionDims: readonly number[];
  readonly droppedUnits: readonly number[];
  readonly firstEigenvalue: number;
}

/** Contents of a set; each part is absent until it is done. */
export interface ActivationSetContents {
  readonly sampleCount: number;
  readonly shardSize: number;
  readonly layers: readonly ActivationLayer[];
  readonly dimensions: number;
  /** Share of the variance that the vectors keep. */
  readonly explainedVariance: number;
  /** Whether the basis is of the whole covariance, or was searched in passes over the responses. */
  readonly basisMethod: 'exact' | 'randomized';
  /** ‖C·V − V·Λ‖ / ‖Λ‖ of the principal components V and their variances Λ; 0 for an exact basis. */
  readonly basisResidual: number;
  readonly moments?: ArtifactRef | undefined;
  readonly basis?: ArtifactRef | undefined;
  readonly unitStatistics?: ArtifactRef | undefined;
  readonly engine: string;
  readonly readyTime?: Date | undefined;
}

/** Responses of all samples at one epoch, and their vectors in one perception space. */
export interface StoredSet extends EpochOfRun, ActivationSetContents {
  readonly id: string;
  readonly perceptionSpaceId: string;
  /** The set whose basis was taken over; absent for a set of the run's own data. */
  readonly referenceSetId?: string | undefined;
  readonly jobId: string;
  readonly createTime: Date;
}

/** A set with the state of its job. */
export interface ActivationSet extends StoredSet, JobResource {
  readonly readyTime?: Date | undefined;
}

export interface NewActivationSet extends EpochOfRun {
  readonly id: string;
  readonly perceptionSpaceId: string;
  readonly jobId: string;
  /** The set whose basis is used, with that basis. */
  readonly reference?: { readonly setId: string; readonly basis: ArtifactRef } | undefined;
}

/** Which sets to list. Sets of other data are listed only with their reference. */
export interface SetFilter extends JobResourceFilter {
  readonly epoch?: number;
  readonly referenceSetId?: string;
}

/** Mean and maximum of every unit over positions: [rows, units] float32. */
export interface Responses {
  readonly mean: Float32Array;
  readonly max: Float32Array;
}

/** The matrices of one shard of a set. */
export interface ActivationShard {
  readonly index: number;
  readonly firstRow: number;
  readonly rowCount: number;
  /** The dataset version's inputs. */
  readonly inputs: ArtifactRef;
  readonly responses?: ArtifactRef | undefined;
  readonly moments?: ArtifactRef | undefined;
  readonly vectors?: ArtifactRef | undefined;
}

/** The id of the set of other data in the basis of a stored one. */
export const projectedSetId = (referenceSetId: string, datasetVersionId: string): string =>
  deriveUuid('projected-activation-set', referenceSetId, datasetVersionId);

/** The id of the set of an epoch in a space: asking twice finds the same one. */
export const activationSetId = (
  { runId, epoch, branch = 0 }: Pick<EpochOfRun, 'runId' | 'epoch' | 'branch'>,
  perceptionSpaceId: string,
): string =>
  deriveUuid(
    'activation-set',
    runId,
    String(epoch),
    perceptionSpaceId,
    ...(branch > 0 ? [String(branch)] : []),
  );
