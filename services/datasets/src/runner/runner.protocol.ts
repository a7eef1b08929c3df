import type { IntegrationReport } from '@noema/integration';
import type { EncodedShard, IngestionPlan } from '../domain/ingestion.js';

/** What the process that runs user code can be asked for; it has loaded one module. */
export interface RunnerMethods {
  load: { params: { modulePath: string }; result: { name: string } };
  check: { params: { modulePath: string; samples: number }; result: IntegrationReport };
  plan: { params: { modulePath: string }; result: IngestionPlan };
  encode: { params: { modulePath: string; plan: IngestionPlan; firstRow: number; rowCount: number }; result: EncodedShard };
}
export type RunnerMethod = keyof RunnerMethods;

export interface RunnerRequest<M extends RunnerMethod = RunnerMethod> {
  readonly method: M;
  readonly params: RunnerMethods[M]['params'];
}

/** One request is answered by any number of `progress` and one `result` or `fault`. */
export type RunnerMessage =
  | { readonly kind: 'progress'; readonly done: number; readonly total: number }
  | { readonly kind: 'result'; readonly result: unknown }
  | { readonly kind: 'fault'; readonly fault: { readonly kind: string; readonly reason: string; readonly message: string; readonly metadata: Readonly<Record<string, string>> } };
