/** The fields that every List request has. */
export interface PageQuery {
  /** Page size; 0 for the default. */
  readonly pageSize: number;
  /** Token of the page. Empty for the first page. */
  readonly pageToken: string;
  readonly filter: string;
  readonly orderBy: string;
}

/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Token of the next page. Empty on the last page. */
  readonly nextPageToken: string;
}

/** Returns the same page with every item converted. */
export const mapPage = <T, U>(page: Page<T>, change: (item: T) => U): Page<U> => ({
  items: page.items.map(change),
  nextPageToken: page.nextPageToken,
});

/** Returns all items of a list, requested page by page. */
export async function allPages<P extends Pick<Page<unknown>, 'nextPageToken'>, T>(
  fetchPage: (pageToken: string) => Promise<P>,
  readItems: (page: P) => readonly T[],
): Promise<T[]> {
  const items: T[] = [];
  let pageToken = '';
  do {
    const page = await fetchPage(pageToken);
    items.push(...readItems(page));
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
  return items;
}
