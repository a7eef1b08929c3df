import { beforeEach, describe, expect, it } from 'vitest';
import type { ManifestProposal, ProposalOptions } from './manifest-proposal.js';
import { ProposalService } from './proposal.service.js';

const PARTS = [{ uri: 'file:///part', sha256: 'a'.repeat(64), sizeBytes: 3, mediaType: 'x' }];
const OPTIONS: ProposalOptions = { name: '', roles: {} };
const PROPOSAL = { reader: 'table' } as ManifestProposal;

let asked: ProposalOptions[];
let turns: string[];
let service: ProposalService;
beforeEach(() => {
  [asked, turns] = [[], []];
  service = new ProposalService(
    { mustExist: () => Promise.resolve() },
    { mustExist: (_team, _project, parts) => Promise.resolve({ parts, sizeBytes: 3 }) },
    {
      propose: (_archive, options) => {
        asked.push(options);
        return Promise.resolve(PROPOSAL);
      },
    },
    {
      run: (teamId, _signal, work) => {
        turns.push(teamId);
        return work();
      },
    },
  );
});

const propose = (options: Partial<ProposalOptions> = {}): Promise<ManifestProposal> =>
  service.propose('team', 'project', PARTS, { ...OPTIONS, ...options }, new AbortController().signal);

describe('a proposal', () => {
  it('is made in the turn of the team, with a name', async () => {
    expect(await propose()).toBe(PROPOSAL);
    await propose({ name: `  ${'n'.repeat(300)}` });
    expect(turns).toEqual(['team', 'team']);
    expect(asked.map(({ name }) => name)).toEqual(['data', 'n'.repeat(200)]);
  });

  it('takes shares that sum to 1', async () => {
    await propose({ shares: { training: 0.7, validation: 0.2, test: 0.1 }, pictureSide: 1_024 });
    expect(asked).toHaveLength(1);
  });

  it.each<[string, Partial<ProposalOptions>, RegExp]>([
    ['a sum above 1', { shares: { training: 0.8, validation: 0.3 } }, /sum to 1/],
    ['a negative share', { shares: { training: 1.2, validation: -0.2 } }, /from 0 to 1/],
    ['a share that is not a number', { shares: { training: Number.NaN, validation: 0 } }, /from 0 to 1/],
    ['no training', { shares: { training: 0, validation: 1 } }, /no share for training/],
    ['a side above the limit', { pictureSide: 1_025 }, /picture_side has 1025/],
    ['a part of no record', { part: -1 }, /part has -1; use 1 record/],
    ['half a pixel', { pictureSide: 0.5 }, /picture_side has 0\.5/],
    [
      'too many roles',
      { roles: Object.fromEntries(Array.from({ length: 2_001 }, (_, i) => [`c${i}`, 'input' as const])) },
      /roles has 2001 columns/,
    ],
  ])('is refused with %s, before anything is read', async (_what, options, message) => {
    await expect(propose(options)).rejects.toMatchObject({
      reason: 'PROPOSAL_INVALID',
      message: expect.stringMatching(message) as string,
    });
    expect([asked, turns]).toEqual([[], []]);
  });
});
