import type { Json } from '@noema/jobs';

/** Use of a column. */
export const COLUMN_ROLES = [
  'input',
  'truth',
  'metadata',
  'visual',
  'group',
  'split',
  'id',
  'ignored',
] as const;
export type ColumnRole = (typeof COLUMN_ROLES)[number];

type SplitName = 'training' | 'validation' | 'test' | 'unlabeled';

/** Shares of the splits, which sum to 1. */
export interface SplitShares {
  readonly training: number;
  readonly validation: number;
  readonly test?: number | undefined;
}

/** Choices of a request; everything else follows from the data. */
export interface ProposalOptions {
  readonly name: string;
  readonly reader?: string;
  readonly roles: Readonly<Record<string, ColumnRole>>;
  readonly shares?: SplitShares;
  readonly pictureSide?: number;
  /** Number of records that become samples; default: all. */
  readonly part?: number;
}

interface ProposedTensor {
  readonly name: string;
  readonly type: 'float32' | 'uint8' | 'int32' | 'bool';
  readonly dims: readonly number[];
}

export interface ProposedColumn {
  readonly name: string;
  readonly kind: 'number' | 'boolean' | 'text' | 'time' | 'picture' | 'audio' | 'numbers' | 'objects';
  readonly role: ColumnRole;
  readonly allowedRoles: readonly ColumnRole[];
  readonly missing: number;
  /** Short description of the values. */
  readonly values: string;
}

export interface ProposedSample {
  readonly split: SplitName;
  readonly sampleId: string;
  /** One for each column. */
  readonly cells: readonly string[];
  readonly visuals: readonly {
    readonly name: string;
    readonly mediaType: string;
    /** Base64. */
    readonly content: string;
  }[];
  readonly fault?: { readonly reason: string; readonly message: string } | undefined;
}

/** How files become samples, as the process that reads them proposes it. */
export interface ManifestProposal {
  readonly reader: string;
  readonly found: string;
  readonly readings: readonly { readonly reader: string; readonly title: string; readonly found: string }[];
  readonly records: number;
  readonly columns: readonly ProposedColumn[];
  readonly splitCounts: Readonly<Partial<Record<SplitName, number>>>;
  /** Absent where a column names the split. */
  readonly shares?: SplitShares | undefined;
  /** 0 without pictures. */
  readonly pictureSide: number;
  readonly inputs: readonly ProposedTensor[];
  readonly groundTruths: readonly ProposedTensor[];
  readonly samples: readonly ProposedSample[];
  readonly notes: readonly string[];
  readonly manifest: string;
  readonly texts: Readonly<Record<string, string>>;
  /** Topology of a network to begin with. */
  readonly network?: Readonly<Record<string, Json>> | undefined;
}
