import type { InputKind, Population } from '@noema/insights';
import type { ArtifactRef, SplitName } from '@noema/kernel';
import type { SearchedRows } from './rows.js';
import type { SearchedOutput } from './searched-output.js';

/** Data that a search reads; stored with it. */
export interface SearchSource {
  readonly projectId: string;
  readonly runId: string;
  readonly epoch: number;
  readonly datasetVersionId: string;
  /** Empty for an epoch that has no vectors and gets none. */
  readonly activationSetId: string;
  readonly sampleCount: number;
  /** Why there is no activation set although the platform computes one. */
  readonly missingVectors?: 'failed' | 'late';
  /** The neighbours of the epoch failed, or are late. */
  readonly withoutNeighbors?: boolean;
  /** Of a recorded epoch, if it was recorded again: another branch has another evaluation. */
  readonly branch?: number;
  /** The searched output; absent for a model with one. */
  readonly output?: SearchedOutput;
}

/** Where the thread of a search finds the inputs of samples. */
export interface StoredInputs {
  readonly kind: InputKind;
  readonly shape: readonly number[];
  /** Name of the column. */
  readonly name: string;
  readonly shards: readonly {
    readonly firstRow: number;
    readonly rowCount: number;
    readonly inputs: ArtifactRef;
  }[];
  /** Rows of the dataset version that are searched; undefined for all. */
  readonly rows: Int32Array | undefined;
}

/** Everything that a search knows of a run. */
export interface SearchPopulation {
  /** Without functions, which no thread can be given. */
  readonly population: Omit<Population, 'inputs'>;
  readonly inputs: StoredInputs | undefined;
  readonly rows: SearchedRows;
  /** Hash of the address of each searched sample. */
  readonly keys: Uint32Array;
  /** Classes of the output, −1 without one, if they are not the classes that the data name. */
  readonly ownClasses: Int32Array | undefined;
  readonly splits: readonly SplitName[];
  /** Names of metadata that are true or false. */
  readonly booleans: ReadonlySet<string>;
  /** Sentences on what limits the search. */
  readonly remarks: readonly string[];
}
