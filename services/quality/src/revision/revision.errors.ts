import { DomainError } from '@noema/kernel';

export const resourceChanged = (noun: string, id: string, etag: string, current: string): DomainError =>
  new DomainError(
    'precondition',
    'RESOURCE_CHANGED',
    `${noun} "${id}" has changed: the request has the etag "${etag}", it is "${current}"; read it again`,
    { metadata: { id, etag, current } },
  );

export const draftAgain = (noun: string, id: string): DomainError =>
  new DomainError(
    'invalid',
    'DRAFT_AGAIN',
    `${noun} "${id}" is accepted and cannot become a draft again; leave out draft`,
    { metadata: { id }, violations: [{ field: 'draft', description: 'the resource is accepted' }] },
  );
