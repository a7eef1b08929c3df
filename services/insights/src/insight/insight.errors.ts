import { DomainError } from '@noema/kernel';

export const insightNotFound = (id: string): DomainError =>
  new DomainError(
    'not-found',
    'INSIGHT_NOT_FOUND',
    `insight "${id}" does not exist; list the insights of the project to see which do`,
    { metadata: { insight_id: id } },
  );

export const insightChanged = (id: string, etag: string, current: string): DomainError =>
  new DomainError(
    'precondition',
    'RESOURCE_CHANGED',
    `insight "${id}" has changed: the request has the etag "${etag}", it is "${current}"; read it again`,
    { metadata: { id, etag, current } },
  );

export const stateNotSettable = (state: string): DomainError =>
  new DomainError(
    'invalid',
    'STATE_NOT_SETTABLE',
    `members cannot set the state ${state}; set approved, dismissed or fixed, or confirmed to take that back`,
    { metadata: { state }, violations: [{ field: 'state', description: `cannot be set to ${state}` }] },
  );

export const noteTooLong = (length: number, most: number): DomainError =>
  new DomainError(
    'invalid',
    'NOTE_TOO_LONG',
    `the note has ${length} characters; at most ${most} are stored`,
    { violations: [{ field: 'note', description: `has more than ${most} characters` }] },
  );

export const referenceInvalid = (field: string, value: string): DomainError =>
  new DomainError(
    'invalid',
    'REFERENCE_INVALID',
    `${field} is "${value}", which is no id; give the id of an existing one, or leave it empty`,
    { violations: [{ field, description: 'is no id' }] },
  );

export const copiesNotPruned = (): DomainError =>
  new DomainError(
    'precondition',
    'ACTION_NOT_POSSIBLE',
    'the action prune would take every copy out of the data; choose deduplicate, which keeps one of each group',
    { metadata: { action: 'prune' } },
  );

export const actionNotPossible = (action: string, lacks: string): DomainError =>
  new DomainError(
    'precondition',
    'ACTION_NOT_POSSIBLE',
    `the action ${action} needs ${lacks}, which this insight does not have; choose another action`,
    { metadata: { action } },
  );
