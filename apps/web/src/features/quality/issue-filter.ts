import { formatText } from '@noema/kernel/filter-language';

/** Which issues a list shows. */
export interface IssueFilter {
  readonly state: string;
  /** Id of a member; `none` for issues without one; empty for all. */
  readonly assignee: string;
  /** Id of the member that wrote them; empty for all. */
  readonly author: string;
  /** A part of the title. */
  readonly text: string;
}

export const ISSUE_STATES = [
  { value: 'open', label: 'open' },
  { value: 'closed', label: 'closed' },
  { value: 'all', label: 'all' },
];

/** The filter of ListIssues. */
export function toFilter({ state, assignee, author, text }: IssueFilter): string {
  return [
    state === 'all' ? '' : `state = ISSUE_STATE_${state === 'closed' ? 'CLOSED' : 'OPEN'}`,
    assignee === '' ? '' : assignee === 'none' ? 'assignee_id = ""' : `assignee_id = ${formatText(assignee)}`,
    author === '' ? '' : `created_by = ${formatText(author)}`,
    text.trim() === '' ? '' : `display_name:${formatText(text.trim())}`,
  ]
    .filter((part) => part !== '')
    .join(' AND ');
}
