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

const quote = (text: string): string => JSON.stringify(text);

/** The filter of ListIssues. */
export function toFilter({ state, assignee, author, text }: IssueFilter): string {
  return [
    state === 'all' ? '' : `state = ISSUE_STATE_${state === 'closed' ? 'CLOSED' : 'OPEN'}`,
    assignee === '' ? '' : assignee === 'none' ? 'assignee_id = ""' : `assignee_id = ${quote(assignee)}`,
    author === '' ? '' : `created_by = ${quote(author)}`,
    text.trim() === '' ? '' : `display_name:${quote(text.trim())}`,
  ]
    .filter((part) => part !== '')
    .join(' AND ');
}
