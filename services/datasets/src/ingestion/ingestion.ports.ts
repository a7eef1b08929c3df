import type { OpenSecrets } from '../integration/integration.ports.js';
import type { EncodedShard, IngestionOrder, PopulationPlan } from './ingestion.js';

export type Progress = (done: number, total: number) => void;

/** An order, its team, and what opens the secrets that its integration declares. */
export type OpenOrder = IngestionOrder & {
  readonly teamId: string;
  readonly openSecrets: OpenSecrets;
};

/**
 * Runs the handlers of an integration apart from this process; every error names handler, split and sample.
 */
export interface IngestionRunner {
  /**
   * Runs preprocess and encodes the first sample; where samples may be skipped, all of them, to know which.
   * Throws `precondition` INTEGRATION_CHANGED when the module is not the one that was registered, `invalid`
   * TOO_MANY_BAD_SAMPLES.
   */
  plan(order: OpenOrder, signal: AbortSignal, progress: (done: number) => void): Promise<PopulationPlan>;
  /**
   * Encodes the rows `firstRow` to `firstRow + rowCount` − 1. Throws `precondition` PREPROCESS_NOT_REPEATABLE
   * when the population differs from the plan's.
   */
  encode(
    order: OpenOrder,
    plan: PopulationPlan,
    rows: { readonly firstRow: number; readonly rowCount: number },
    signal: AbortSignal,
    progress: Progress,
  ): Promise<EncodedShard>;
}
