import { findOrThrow } from '@noema/kernel';
import { draftAgain, resourceChanged } from './revision.errors.js';
import { formatEtag, type Revised } from './revision.js';

export interface RevisedChange {
  readonly etag: string;
  readonly draft?: boolean | undefined;
}

/**
 * Locks a resource until the transaction ends, and checks what an update of it says. Throws what `notFound`
 * returns, `precondition` RESOURCE_CHANGED, `invalid` DRAFT_AGAIN.
 */
export async function lockForUpdate<R extends Revised>(
  resources: { lock(id: string): Promise<R | undefined> },
  noun: string,
  id: string,
  change: RevisedChange,
  notFound: (id: string) => Error,
): Promise<R> {
  const before = await findOrThrow({ find: (each: string) => resources.lock(each) }, id, notFound);
  const current = formatEtag(before);
  if (change.etag !== '' && change.etag !== current) throw resourceChanged(noun, id, change.etag, current);
  if (change.draft === true && !before.draft) throw draftAgain(noun, id);
  return before;
}
