import { ColumnRole } from '@noema/contracts/noema/datasets/v1/integration';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { describe, expect, it } from 'vitest';
import { checkShares, proposalRequest, readShares, withRole, withTruth } from './choices.js';

const { INPUT, GROUND_TRUTH, METADATA, UNUSED, GROUP } = ColumnRole;
const columns = [
  { name: 'image', role: INPUT, allowedRoles: [INPUT, UNUSED] },
  { name: 'class', role: GROUND_TRUTH, allowedRoles: [INPUT, GROUND_TRUTH, METADATA, UNUSED] },
  { name: 'size', role: METADATA, allowedRoles: [INPUT, GROUND_TRUTH, METADATA, UNUSED] },
];

describe('choices of a form', () => {
  it('change the use of one column, and take what only one can be from the other', () => {
    expect(withRole(columns, 'image', UNUSED)).toEqual({
      image: UNUSED,
      class: GROUND_TRUTH,
      size: METADATA,
    });
    expect(withRole(columns, 'size', GROUND_TRUTH)).toEqual({
      image: INPUT,
      class: METADATA,
      size: GROUND_TRUTH,
    });
    const grouped = columns.map((column) => (column.name === 'size' ? { ...column, role: GROUP } : column));
    expect(withRole(grouped, 'class', GROUP)).toEqual({ image: INPUT, class: GROUP, size: METADATA });
    expect(withTruth(columns, 'size')).toEqual(withRole(columns, 'size', GROUND_TRUTH));
    expect(withTruth(columns, undefined)).toEqual({ image: INPUT, class: METADATA, size: METADATA });
  });

  it('have shares in percent, which sum to 100', () => {
    const splitShares = [
      { split: Split.TRAINING, share: 0.7 },
      { split: Split.TEST, share: 0.3 },
    ];
    expect(readShares({ splitShares } as never)).toEqual([70, 0, 30]);
    expect(readShares({ splitShares: [] })).toBeUndefined();
    expect(checkShares([70, 0, 30])).toBeUndefined();
    expect(checkShares([70, 20, 30])).toBe('these are 120 %, not 100');
    expect(checkShares([0, 100, 0])).toBe('training needs a share');
  });

  it('are a request that leaves out what was not chosen', () => {
    expect(proposalRequest('p', 'n', [], {})).toMatchObject({ roles: {}, splitShares: [], pictureSide: 0 });
    expect(proposalRequest('p', 'n', [], { part: 20 })).toMatchObject({ part: 20n });
    expect(proposalRequest('p', 'n', [], { shares: [70, 0, 30] }).splitShares).toEqual([
      { split: Split.TRAINING, share: 0.7 },
      { split: Split.TEST, share: 0.3 },
    ]);
  });
});
