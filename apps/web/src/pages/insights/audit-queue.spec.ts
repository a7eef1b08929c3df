import { create } from '@bufbuild/protobuf';
import { type InsightMember, InsightMemberSchema } from '@noema/contracts/noema/insights/v1/insight';
import { describe, expect, it } from 'vitest';
import { judgeFirst, startQueue, takeProposals, undoLast } from './audit-queue.js';

const members = (...rows: number[]): InsightMember[] =>
  rows.map((row) => create(InsightMemberSchema, { row }));
const listRows = ({ next, judged }: ReturnType<typeof startQueue>): number[][] =>
  [next, judged].map((list) => list.map(({ row }) => row));

describe('the queue of an audit', () => {
  const start = startQueue(members(1, 2, 3));

  it('moves a judged sample out of the way, and an undo brings it back', () => {
    const judged = judgeFirst(judgeFirst(start));
    expect(listRows(judged)).toEqual([[3], [1, 2]]);
    expect(listRows(undoLast(judged))).toEqual([[2, 3], [1]]);
    expect(undoLast(start)).toEqual(start);
    expect(judgeFirst(startQueue([]))).toEqual(startQueue([]));
  });
  it('keeps the sample on the screen when other samples are proposed', () => {
    expect(listRows(takeProposals(judgeFirst(start), members(9, 2, 8)))).toEqual([[2, 9, 8], [1]]);
  });
  it('does not show a sample again whose verdict is on its way', () => {
    // The response to the verdict on 1 comes after the verdict on 2 was given.
    expect(listRows(takeProposals(judgeFirst(judgeFirst(start)), members(2, 3, 4)))).toEqual([
      [3, 4],
      [1, 2],
    ]);
  });
  it('ends when no sample is proposed', () => {
    expect(listRows(takeProposals(judgeFirst(startQueue(members(1))), []))).toEqual([[], [1]]);
  });
});
