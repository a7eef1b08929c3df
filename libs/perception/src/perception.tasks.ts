import type { Basis, BasisOptions } from './basis.js';
import type { Band } from './co-moments.js';
import type { Moments } from './moments.js';
import type { PerceptionSpace } from './perception-space.js';
import type { ScaledRows } from './randomized/products.js';
import type { ColumnGroup, RitzValues, Subspaces } from './randomized/subspace.js';
import type { ResponseLayout } from './response-layout.js';

/** Tasks of threads. Arrays are in shared memory, and each thread writes only its own part. */
export type TaskName =
  | 'coMoments'
  | 'fit'
  | 'project'
  | 'images'
  | 'products'
  | 'orthonormalise'
  | 'ritzValues'
  | 'ritzVectors';

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

export interface ImagesTask {
  readonly of: ScaledRows;
  readonly blocks: Subspaces;
  readonly images: Float64Array;
  /** Range of rows. */
  readonly range: ColumnGroup;
}

export interface ProductsTask {
  readonly of: ScaledRows;
  readonly products: Subspaces;
  readonly images: Float64Array;
  /** Range of columns. */
  readonly range: ColumnGroup;
}

export interface RitzTask {
  readonly blocks: Subspaces;
  readonly products: Subspaces;
}

export interface RitzVectorsTask {
  readonly blocks: Subspaces;
  readonly group: ColumnGroup;
  readonly ritz: RitzValues;
  readonly count: number;
}
