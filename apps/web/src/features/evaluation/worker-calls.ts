import type { Pick, Report, ReportRequest } from './report.js';

/** A call of the worker that computes reports. */
export type WorkerCall =
  | {
      readonly method: 'load';
      readonly key: string;
      readonly bytes: Uint8Array;
      readonly output?: number | undefined;
    }
  | { readonly method: 'report'; readonly request: ReportRequest }
  | { readonly method: 'pick'; readonly request: ReportRequest; readonly pick: Pick };

export type WorkerResult = Report | Uint32Array | undefined;
