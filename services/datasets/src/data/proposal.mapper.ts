import type { JsonObject, MessageInitShape } from '@bufbuild/protobuf';
import { parseArtifactRef, splitMessage } from '@noema/contracts';
import { ColumnRole as Role } from '@noema/contracts/noema/datasets/v1/integration';
import type { ProposeManifestRequest } from '@noema/contracts/noema/datasets/v1/integration_service';
import type { ManifestProposalSchema } from '@noema/contracts/noema/datasets/v1/manifest_proposal';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import type { ArtifactRef } from '@noema/kernel';
import { tensorSpecMessage } from '../dataset-version/tensor-spec.mapper.js';
import {
  COLUMN_ROLES,
  type ColumnRole,
  type ManifestProposal,
  type ProposalOptions,
  type SplitShares,
} from './manifest-proposal.js';
import { optionInvalid } from './proposal.service.js';

const ROLES: Readonly<Record<ColumnRole, Role>> = {
  input: Role.INPUT,
  truth: Role.GROUND_TRUTH,
  metadata: Role.METADATA,
  visual: Role.VISUAL,
  group: Role.GROUP,
  split: Role.SPLIT,
  id: Role.SAMPLE_ID,
  ignored: Role.UNUSED,
};
const SHARES = [
  ['training', Split.TRAINING],
  ['validation', Split.VALIDATION],
  ['test', Split.TEST],
] as const;

export const readParts = ({ parts }: Pick<ProposeManifestRequest, 'parts'>): ArtifactRef[] =>
  parts.map((part, i) => parseArtifactRef(part, `parts[${i}]`));

/** Throws `invalid` PROPOSAL_INVALID. */
export function readOptions(request: ProposeManifestRequest): ProposalOptions {
  const { displayName, reader, pictureSide } = request;
  const part = Number(request.part);
  const shares = readShares(request);
  return {
    name: displayName,
    roles: Object.fromEntries(
      Object.entries(request.roles).map(([column, role]) => [column, readRole(column, role)]),
    ),
    ...(reader === '' ? {} : { reader }),
    ...(shares === undefined ? {} : { shares }),
    ...(pictureSide === 0 ? {} : { pictureSide }),
    ...(part === 0 ? {} : { part }),
  };
}

function readRole(column: string, role: Role): ColumnRole {
  const found = COLUMN_ROLES.find((key) => ROLES[key] === role);
  if (found === undefined) throw optionInvalid(`roles[${column}]`, `the role ${role}, which is unknown`);
  return found;
}

function readShares({ splitShares }: ProposeManifestRequest): SplitShares | undefined {
  if (splitShares.length === 0) return undefined;
  const shares = new Map(splitShares.map(({ split, share }) => [split, share]));
  if (shares.size < splitShares.length || [...shares.keys()].some((split) => !isShared(split)))
    throw optionInvalid('split_shares', 'a split twice, or one other than training, validation and test');
  const test = shares.get(Split.TEST);
  return {
    training: shares.get(Split.TRAINING) ?? 0,
    validation: shares.get(Split.VALIDATION) ?? 0,
    ...(test === undefined ? {} : { test }),
  };
}

const isShared = (split: Split): boolean => SHARES.some(([, shared]) => shared === split);

export const proposalMessage = (
  proposal: ManifestProposal,
): MessageInitShape<typeof ManifestProposalSchema> => ({
  reader: proposal.reader,
  found: proposal.found,
  readings: proposal.readings.map((reading) => ({ ...reading })),
  recordCount: BigInt(proposal.records),
  columns: proposal.columns.map(({ role, allowedRoles, missing, ...column }) => ({
    ...column,
    role: ROLES[role],
    allowedRoles: allowedRoles.map((allowed) => ROLES[allowed]),
    missing: BigInt(missing),
  })),
  splitCounts: { ...proposal.splitCounts },
  splitShares: SHARES.flatMap(([name, split]) => {
    const share = proposal.shares?.[name];
    return share === undefined ? [] : [{ split, share }];
  }),
  pictureSide: proposal.pictureSide,
  inputs: proposal.inputs.map(tensorSpecMessage),
  groundTruths: proposal.groundTruths.map(tensorSpecMessage),
  samples: proposal.samples.map(({ split, sampleId, cells, visuals, fault }) => ({
    split: splitMessage(split),
    sampleId,
    cells: [...cells],
    visuals: visuals.map(({ name, mediaType, content }) => ({
      name,
      mediaType,
      content: Buffer.from(content, 'base64'),
    })),
    ...(fault === undefined ? {} : { fault: { ...fault } }),
  })),
  notes: [...proposal.notes],
  manifest: proposal.manifest,
  texts: { ...proposal.texts },
  ...(proposal.network === undefined ? {} : { network: proposal.network as JsonObject }),
});
