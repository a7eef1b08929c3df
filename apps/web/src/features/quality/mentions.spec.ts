import { describe, expect, it } from 'vitest';
import { findMentions, findMentionStart, matchMembers } from './mentions.js';

const MEMBERS = [
  { id: '1', displayName: 'Ann' },
  { id: '2', displayName: 'Ann Archer' },
  { id: '3', displayName: 'Bo' },
];

describe('mentions', () => {
  it.each([
    ['@', 1, { at: 0, typed: '' }],
    ['see @an', 7, { at: 4, typed: 'an' }],
    ['see @an now', 7, { at: 4, typed: 'an' }],
    ['ann@example.org', 15, undefined],
    ['see @an now', 11, undefined],
  ])('in %o before %i start at %o', (text, caret, start) => {
    expect(findMentionStart(text, caret)).toEqual(start);
  });

  it('are found by name, and the longer name counts', () => {
    expect(findMentions('@Ann Archer and (@Bo), not bo@Bo', MEMBERS)).toEqual(['2', '3']);
    expect(findMentions('@Ann, @Annabel', MEMBERS)).toEqual(['1']);
  });

  it('are completed by a part of the name', () => {
    expect(matchMembers(MEMBERS, 'arch').map(({ id }) => id)).toEqual(['2']);
  });
});
