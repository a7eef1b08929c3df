import type { Brand, ProjectId } from '@noema/kernel';

export type IntegrationId = Brand<string, 'IntegrationId'>;

/** Where the code or the mapping of an integration is, as a request says it. */
export type IntegrationSource = { readonly kind: 'module'; readonly modulePath: string } | { readonly kind: 'bundle' | 'mapping' | 'none' };

/** User code that turns raw data into samples. */
export interface Integration {
  readonly id: IntegrationId;
  readonly projectId: ProjectId;
  readonly displayName: string;
  readonly modulePath: string;
  /** SHA-256 of the module and what it imports by relative paths. */
  readonly digest: string;
  readonly createdAt: Date;
}

/** What a new integration is made from; it was loaded, not run. */
export type IntegrationDraft = Omit<Integration, 'id' | 'createdAt'>;
