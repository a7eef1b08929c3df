const PAGE_SIZE = 1000;

interface PageResponse {
  readonly nextPageToken: string;
}

/**
 * Returns all items of a list RPC, requested page by page: `everyPage((page) => datasets.listShards({
 * datasetVersionId, ...page }), ({ shards }) => shards)`.
 */
export async function everyPage<A extends PageResponse, T>(
  list: (page: { readonly pageSize: number; readonly pageToken: string }) => Promise<A>,
  itemsOf: (answer: A) => readonly T[],
): Promise<T[]> {
  const items: T[] = [];
  let pageToken = '';
  do {
    const answer = await list({ pageSize: PAGE_SIZE, pageToken });
    items.push(...itemsOf(answer));
    pageToken = answer.nextPageToken;
  } while (pageToken !== '');
  return items;
}
