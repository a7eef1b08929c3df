import type { MessageInitShape } from '@bufbuild/protobuf';
import { ColumnRole } from '@noema/contracts/noema/datasets/v1/integration';
import type { ProposeManifestRequestSchema } from '@noema/contracts/noema/datasets/v1/integration_service';
import type { ManifestProposal, ProposedColumn } from '@noema/contracts/noema/datasets/v1/manifest_proposal';
import type { ArtifactRef } from '@noema/contracts/noema/type/v1/artifact_ref';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';

/** The choices of the form; everything else follows from the data. */
export interface Choices {
  readonly reader?: string;
  readonly roles?: Readonly<Record<string, ColumnRole>>;
  /** Percent of training, validation and test. */
  readonly shares?: Shares;
  readonly pictureSide?: number;
  /** Number of records that become samples; default: all. */
  readonly part?: number;
}

export type Shares = readonly [training: number, validation: number, test: number];

const SHARED = [Split.TRAINING, Split.VALIDATION, Split.TEST] as const;
const { GROUND_TRUTH, SPLIT, SAMPLE_ID, METADATA, INPUT, UNUSED, VISUAL, GROUP } = ColumnRole;
/** Uses that one column has. */
const SINGLE: readonly ColumnRole[] = [GROUND_TRUTH, SPLIT, SAMPLE_ID, GROUP];

/** Uses of a column for people, in the order of a list. */
export const ROLE_NAMES: readonly (readonly [ColumnRole, string])[] = [
  [INPUT, 'input'],
  [GROUND_TRUTH, 'to predict'],
  [METADATA, 'metadata'],
  [VISUAL, 'only shown'],
  [GROUP, 'group'],
  [SPLIT, 'split'],
  [SAMPLE_ID, 'id'],
  [UNUSED, 'left out'],
];

type Columns = readonly Pick<ProposedColumn, 'name' | 'role' | 'allowedRoles'>[];

/**
 * The uses of all columns with another one for a column. A use of which only one column is possible is taken from
 * the column that has it, which becomes metadata.
 */
export function withRole(columns: Columns, name: string, role: ColumnRole): Record<string, ColumnRole> {
  return Object.fromEntries(
    columns.map((column) => {
      if (column.name === name) return [name, role];
      if (!SINGLE.includes(role) || column.role !== role) return [column.name, column.role];
      return [column.name, column.allowedRoles.includes(METADATA) ? METADATA : UNUSED];
    }),
  );
}

/** The uses of all columns with another one to predict; none for `undefined`. */
export function withTruth(columns: Columns, name: string | undefined): Record<string, ColumnRole> {
  const before = columns.find(({ role }) => role === GROUND_TRUTH);
  if (name !== undefined) return withRole(columns, name, GROUND_TRUTH);
  return before === undefined
    ? withRole(columns, '', INPUT)
    : withRole(columns, before.name, before.allowedRoles.includes(METADATA) ? METADATA : UNUSED);
}

/** Percent of training, validation and test; undefined where a column names the split. */
export function readShares({ splitShares }: Pick<ManifestProposal, 'splitShares'>): Shares | undefined {
  if (splitShares.length === 0) return undefined;
  const percent = (split: Split): number =>
    Math.round(100 * (splitShares.find((one) => one.split === split)?.share ?? 0));
  return [percent(Split.TRAINING), percent(Split.VALIDATION), percent(Split.TEST)];
}

/** The fault of shares; undefined for good ones. */
export const checkShares = ([training, validation, test]: Shares): string | undefined =>
  training + validation + test !== 100
    ? `these are ${training + validation + test} %, not 100`
    : training === 0
      ? 'training needs a share'
      : undefined;

export const proposalRequest = (
  projectId: string,
  displayName: string,
  parts: readonly ArtifactRef[],
  { reader = '', roles = {}, shares, pictureSide = 0, part = 0 }: Choices,
): MessageInitShape<typeof ProposeManifestRequestSchema> => ({
  projectId,
  displayName,
  parts: [...parts],
  reader,
  roles: { ...roles },
  pictureSide,
  part: BigInt(part),
  splitShares:
    shares === undefined
      ? []
      : SHARED.flatMap((split, at) => (shares[at] === 0 ? [] : [{ split, share: shares[at]! / 100 }])),
});
