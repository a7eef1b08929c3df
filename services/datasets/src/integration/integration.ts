import type { ArtifactRef, Brand, ProjectId } from '@noema/kernel';
import type { DataArchive } from '../data/data-archive.js';
import type { Wheel } from '../environment/wheel.js';
import type { ObjectSource } from '../sample-object/sample-object.js';

export type IntegrationId = Brand<string, 'IntegrationId'>;

/** Where the code or the mapping of an integration is, as a request says it. */
export type IntegrationSource =
  | { readonly kind: 'module'; readonly modulePath: string }
  | { readonly kind: 'bundle'; readonly bundle: ArtifactRef }
  | { readonly kind: 'mapping' }
  | { readonly kind: 'upload'; readonly uploadId: string }
  | {
      readonly kind: 'data';
      readonly parts: readonly ArtifactRef[];
      readonly manifest: string;
      /** Texts next to the manifest, by their names. */
      readonly texts: Readonly<Record<string, string>>;
    }
  | ({ readonly kind: 'objects' } & Pick<ObjectSource, 'runId' | 'epoch'>)
  | { readonly kind: 'none' };

/** User code that turns raw data into samples. */
export interface IntegrationCode {
  /** A module of this machine; empty for a bundle. */
  readonly modulePath: string;
  /** An uploaded bundle; null for a module. */
  readonly bundle: ArtifactRef | null;
  /** Wheels of the environment of code in Python; none where the interpreter has the packages. */
  readonly wheels: readonly Wheel[];
  /** Files that the manifest of the bundle reads; null for code, which reads its own files. */
  readonly data: DataArchive | null;
  /** Samples that a client sent, without code; null for code. */
  readonly uploadId: string | null;
  /** A run whose objects are the samples; absent for code. */
  readonly objects?: ObjectSource | undefined;
  /**
   * SHA-256 of the upload's manifest, of the run of objects, or of the module and what it imports by relative paths,
   * or of the files of the bundle, its wheels and its data.
   */
  readonly digest: string;
  /** Hosts that it wants to reach. */
  readonly hosts: readonly string[];
  /** Names of the team's secrets that it gets. */
  readonly secrets: readonly string[];
}

/** Whether code of a user, or a manifest, makes the samples. */
export const hasCode = ({ uploadId, objects }: Pick<IntegrationCode, 'uploadId' | 'objects'>): boolean =>
  uploadId === null && objects === undefined;

/** A registered integration. */
export interface Integration extends IntegrationCode {
  readonly id: IntegrationId;
  readonly projectId: ProjectId;
  readonly displayName: string;
  readonly createTime: Date;
}

/** Source of a new integration; it was loaded, not run. */
export type IntegrationDraft = Omit<Integration, 'id' | 'createTime'>;
