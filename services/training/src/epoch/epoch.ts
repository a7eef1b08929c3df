import { type ArtifactRef, type Fault, type SplitName, deriveUuid } from '@noema/kernel';

/** Metrics of one split after an epoch, over the samples that have ground truth. */
export interface SplitMetrics {
  readonly split: SplitName;
  readonly sampleCount: number;
  readonly loss: number;
  readonly metrics: readonly { readonly name: string; readonly value: number }[];
}

/** Artifacts of a run after one epoch. */
export interface Epoch {
  readonly runId: string;
  /** From 1. */
  readonly epoch: number;
  readonly splits: readonly SplitMetrics[];
  readonly weights: ArtifactRef;
  /** Absent for an evaluation. */
  readonly optimizerState: ArtifactRef | undefined;
  readonly evaluation: ArtifactRef;
  readonly modelVersionId: string;
  readonly seconds: number;
  readonly samplesPerSecond: number;
  readonly endTime: Date;
  /** Layers and files of the responses that a client recorded; absent where the platform computes them. */
  readonly recordedResponses?: ArtifactRef | undefined;
  /** Why a recorded epoch is partial; absent or empty for a complete one. */
  readonly partialReason?: string;
  /** Why a recorded epoch has no graph; absent with one, and for epochs of the platform. */
  readonly graphFault?: Fault | undefined;
  /** Branch of the recording; absent or 0 for the first branch, and for epochs of the platform. */
  readonly branch?: number;
  /** First epoch of the branch; 0 for the first branch. */
  readonly branchStart?: number;
}

/**
 * Id of the model version with the weights after an epoch: computed again, it is the same one. An epoch that a client
 * records again has another one.
 */
export const deriveModelVersionId = (runId: string, epoch: number, branch = 0): string =>
  deriveUuid('model version of an epoch', runId, String(epoch), ...(branch > 0 ? [String(branch)] : []));
