import { DomainError } from '@noema/kernel';

const refused = (reason: string, field: string, message: string): DomainError =>
  new DomainError('invalid', reason, message, { violations: [{ field, description: message }] });

export const issueCommentNotFound = (id: string): DomainError =>
  new DomainError(
    'not-found',
    'ISSUE_COMMENT_NOT_FOUND',
    `comment "${id}" does not exist; list the comments of the issue to see which do`,
    { metadata: { issue_comment_id: id } },
  );

export const commentTextInvalid = (length: number, max: number): DomainError =>
  refused('COMMENT_TEXT_INVALID', 'text', `text has ${length} characters; write 1 to ${max}`);

export const mentionsTooMany = (count: number, max: number): DomainError =>
  refused(
    'MENTIONS_TOO_MANY',
    'mentioned_member_ids',
    `the comment mentions ${count} members; at most ${max}`,
  );

export const linkInvalid = (link: string, max: number): DomainError =>
  refused(
    'LINK_INVALID',
    'link',
    `link is "${link.slice(0, 200)}"; write the path of a view of the page, such as ` +
      `/projects/7/runs/9/population, in at most ${max} characters`,
  );

export const commentNotYours = (id: string): DomainError =>
  new DomainError(
    'forbidden',
    'COMMENT_NOT_YOURS',
    `comment "${id}" is another member's; its author can change it, and its author and admins can delete it`,
    { metadata: { issue_comment_id: id } },
  );

export const commentOfPlatform = (id: string): DomainError =>
  new DomainError(
    'precondition',
    'COMMENT_OF_PLATFORM',
    `comment "${id}" records a change of the state of the issue; it stays unchanged`,
    { metadata: { issue_comment_id: id } },
  );
