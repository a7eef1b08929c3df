import type { Basis, BasisOptions } from './basis.js';
import type { Band } from './co-moments.js';
import type { Moments } from './moments.js';
import type { PerceptionSpace } from './perception-space.js';
import type { ResponseLayout } from './response-layout.js';

/** What threads can be asked for; arrays lie in shared memory, and what a thread writes is its own part. */
export type TaskName = 'coMoments' | 'fit' | 'project';

export interface CoMomentsTask {
  readonly responses: Float32Array;
  readonly d: number;
  readonly band: Band;
  readonly coMoment: Float64Array;
}

export interface FitTask {
  readonly moments: Moments;
  readonly layout: ResponseLayout;
  readonly space: PerceptionSpace;
  readonly options: BasisOptions;
}

export interface ProjectTask {
  readonly basis: Basis;
  readonly responses: Float32Array;
  readonly firstRow: number;
  readonly vectors: Float32Array;
}
