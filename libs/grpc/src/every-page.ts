import { allPages } from '@noema/kernel';

const PAGE_SIZE = 1000;

/**
 * Returns all items of a list RPC, requested page by page: `everyPage((page) => datasets.listShards({
 * datasetVersionId, ...page }), ({ shards }) => shards)`.
 */
export function everyPage<A extends { readonly nextPageToken: string }, T>(
  list: (page: { readonly pageSize: number; readonly pageToken: string }) => Promise<A>,
  readItems: (answer: A) => readonly T[],
): Promise<T[]> {
  return allPages((pageToken) => list({ pageSize: PAGE_SIZE, pageToken }), readItems);
}
