import { Inject, Injectable } from '@nestjs/common';
import { WorkspaceProjects } from '@noema/host';
import { type ArtifactRef, DomainError, type Port } from '@noema/kernel';
import { CheckTurns } from '../integration/check.turns.js';
import { ProcessRunner } from '../runner/process-runner.js';
import type { DataArchive } from './data-archive.js';
import { DataStore } from './data.store.js';
import type { ManifestProposal, ProposalOptions, SplitShares } from './manifest-proposal.js';

const MAX_NAME = 200;
const MAX_ROLES = 2_000;
const MAX_SIDE = 1_024;

/** Recognizes the form of files that clients have sent. */
@Injectable()
export class ProposalService {
  constructor(
    @Inject(WorkspaceProjects) private readonly projects: Port<WorkspaceProjects>,
    @Inject(DataStore) private readonly data: Pick<DataStore, 'mustExist'>,
    @Inject(ProcessRunner) private readonly runner: Pick<ProcessRunner, 'propose'>,
    @Inject(CheckTurns) private readonly turns: Pick<CheckTurns, 'run'>,
  ) {}

  /**
   * Proposes how the files of an archive become samples, in a process of their own. Throws `not-found`
   * DATA_PART_NOT_FOUND, `invalid` DATA_INVALID, PROPOSAL_INVALID and what the readers throw, `exhausted` CHECKS_BUSY.
   */
  async propose(
    teamId: string,
    projectId: string,
    parts: readonly ArtifactRef[],
    options: ProposalOptions,
    signal: AbortSignal,
  ): Promise<ManifestProposal> {
    requireOptions(options);
    await this.projects.mustExist(teamId, projectId);
    const archive: DataArchive = await this.data.mustExist(teamId, projectId, parts);
    const name = options.name.trim().slice(0, MAX_NAME) || 'data';
    return this.turns.run(teamId, signal, () => this.runner.propose(archive, { ...options, name }, signal));
  }
}

function requireOptions({ roles, shares, pictureSide, part }: ProposalOptions): void {
  if (part !== undefined && (!Number.isSafeInteger(part) || part < 1))
    throw optionInvalid('part', `${part}; use 1 record or more, or 0 for all`);
  const count = Object.keys(roles).length;
  if (count > MAX_ROLES)
    throw optionInvalid('roles', `${count} columns; at most ${MAX_ROLES} can have a role`);
  if (shares !== undefined) requireShares(shares);
  if (
    pictureSide !== undefined &&
    (!Number.isInteger(pictureSide) || pictureSide < 1 || pictureSide > MAX_SIDE)
  )
    throw optionInvalid('picture_side', `${pictureSide}; use 1 to ${MAX_SIDE} pixels, or 0 for the default`);
}

function requireShares({ training, validation, test = 0 }: SplitShares): void {
  const all = [training, validation, test];
  const sum = training + validation + test;
  if (all.some((share) => !(share >= 0 && share <= 1)) || Math.abs(sum - 1) > 1e-6)
    throw optionInvalid('split_shares', `${all.join(', ')}; use shares from 0 to 1 that sum to 1`);
  if (training === 0) throw optionInvalid('split_shares', 'no share for training, which a network needs');
}

export const optionInvalid = (field: string, what: string): DomainError =>
  new DomainError('invalid', 'PROPOSAL_INVALID', `${field} has ${what}`, {
    violations: [{ field, description: what }],
  });
