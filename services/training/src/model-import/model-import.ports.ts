import type { ArtifactRef } from '@noema/kernel';
import type { ModelFile, ModelImport, ReadModel } from './model-import.js';

/** Whose files they are. */
export interface FileOwner {
  readonly teamId: string;
  readonly projectId: string;
}

/** Uploaded parts of files, and what is kept of an import. */
export interface ModelFiles {
  keepPart(owner: FileOwner, content: Uint8Array): Promise<ArtifactRef>;
  /** The part as it is stored; `undefined` for one that is not this project's or is gone. */
  findPart(owner: FileOwner, part: ArtifactRef): Promise<ArtifactRef | undefined>;
  /** All parts one after the other. Throws `data-loss` when one is not what it was. */
  read(parts: readonly ArtifactRef[]): AsyncIterable<Uint8Array>;
  saveOriginal(
    owner: FileOwner & { readonly modelId: string },
    extension: string,
    parts: readonly ArtifactRef[],
  ): Promise<ArtifactRef>;
  saveWeights(owner: FileOwner & { readonly modelId: string }, weights: Uint8Array): Promise<ArtifactRef>;
  removeParts(parts: readonly ArtifactRef[]): Promise<void>;
}

/** Reads models out of files. */
export interface ModelReader {
  /** Names of the formats that it reads. */
  readonly formats: readonly string[];
  /** Throws `invalid` or `unsupported` with what is wrong with the file; stops at the signal. */
  read(bytes: AsyncIterable<Uint8Array>, file: ModelFile, signal: AbortSignal): Promise<ReadModel>;
}

/** The jobs that import. */
export interface ImportJobs {
  /** Queues the import in the ambient transaction and returns the job's id. */
  start(teamId: string, order: ModelImport): Promise<string>;
}
