import type { Column, Frame } from '@noema/evaluation';
import { asDomainError } from '@noema/kernel/domain-error';
import type { WorkerAnswer, WorkerMessage } from '../../parts/worker-client.js';
import { type ChartCall, DashboardEngine, type DashboardResult, type ScoreFile } from './dashboard-engine.js';

/** A call of the worker of dashboards. */
export type DashboardCall =
  | { readonly method: 'open'; readonly frame: Omit<Frame, 'columns'> }
  | { readonly method: 'close'; readonly version: string }
  | {
      readonly method: 'add';
      readonly version: string;
      readonly columns: readonly (readonly [string, Column])[];
    }
  | { readonly method: 'scores'; readonly version: string; readonly file: ScoreFile }
  | { readonly method: 'compute'; readonly calls: readonly ChartCall[]; readonly filters: readonly string[] }
  | { readonly method: 'rows'; readonly filters: readonly string[] };

export type DashboardAnswer = DashboardResult | Uint32Array | undefined;

const engine = new DashboardEngine();

async function run(call: DashboardCall): Promise<DashboardAnswer> {
  switch (call.method) {
    case 'open':
      engine.open(call.frame);
      return undefined;
    case 'close':
      engine.close(call.version);
      return undefined;
    case 'add':
      engine.addColumns(call.version, call.columns);
      return undefined;
    case 'scores':
      engine.addScores(call.version, call.file);
      return undefined;
    case 'compute':
      return engine.compute(call.calls, call.filters);
    case 'rows':
      return engine.rows(call.filters);
  }
}

addEventListener('message', ({ data: { id, call } }: MessageEvent<WorkerMessage<DashboardCall>>) => {
  run(call)
    .then((result): WorkerAnswer<DashboardAnswer> => ({ id, result }))
    .catch((error: unknown): WorkerAnswer<DashboardAnswer> => {
      const { kind, reason, message } = asDomainError(error);
      return { id, fault: { kind, reason, message } };
    })
    .then((answer) => {
      postMessage(answer);
    })
    .catch(() => undefined);
});
