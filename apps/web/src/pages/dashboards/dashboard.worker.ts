import type { Column, Frame } from '@noema/evaluation';
import { asDomainError, type ErrorKind } from '@noema/kernel/domain-error';
import { type ChartCall, DashboardEngine, type DashboardResult } from './dashboard-engine.js';

/** A call of the worker of dashboards. */
export type DashboardCall =
  | { readonly method: 'open'; readonly frame: Omit<Frame, 'columns'> }
  | { readonly method: 'close'; readonly version: string }
  | {
      readonly method: 'add';
      readonly version: string;
      readonly columns: readonly (readonly [string, Column])[];
    }
  | { readonly method: 'compute'; readonly calls: readonly ChartCall[]; readonly filters: readonly string[] }
  | { readonly method: 'rows'; readonly filters: readonly string[] };

export interface DashboardAnswer {
  readonly id: number;
  readonly result?: DashboardResult | Uint32Array | undefined;
  readonly fault?: { readonly kind: ErrorKind; readonly reason: string; readonly message: string };
}

const engine = new DashboardEngine();

async function run(call: DashboardCall): Promise<DashboardAnswer['result']> {
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
    case 'compute':
      return engine.compute(call.calls, call.filters);
    case 'rows':
      return engine.rows(call.filters);
  }
}

addEventListener('message', ({ data: { id, call } }: MessageEvent<{ id: number; call: DashboardCall }>) => {
  run(call)
    .then((result): DashboardAnswer => ({ id, result }))
    .catch((error: unknown): DashboardAnswer => {
      const { kind, reason, message } = asDomainError(error);
      return { id, fault: { kind, reason, message } };
    })
    .then((answer) => {
      postMessage(answer);
    })
    .catch(() => undefined);
});
