import { describe, expect, it } from 'vitest';
import { toFilter } from './issue-filter.js';

const ALL = { state: 'all', assignee: '', author: '', text: '' };

describe('the filter of issues', () => {
  it.each([
    [{}, ''],
    [{ state: 'open' }, 'state = ISSUE_STATE_OPEN'],
    [{ state: 'closed', author: 'ann' }, 'state = ISSUE_STATE_CLOSED AND created_by = "ann"'],
    [{ assignee: 'none' }, 'assignee_id = ""'],
    [{ text: ' say "9" ' }, 'display_name:"say \\"9\\""'],
  ])('of %o is %s', (change, filter) => {
    expect(toFilter({ ...ALL, ...change })).toBe(filter);
  });
});
