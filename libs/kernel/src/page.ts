/** What a List request asks for; the fields that every List request has. */
export interface PageQuery {
  /** 0 for the default. */
  readonly pageSize: number;
  /** Empty for the first page. */
  readonly pageToken: string;
  readonly filter: string;
  readonly orderBy: string;
}

/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Empty after the last page. */
  readonly nextPageToken: string;
}

/** The same page with every item changed. */
export const mapPage = <T, U>(page: Page<T>, change: (item: T) => U): Page<U> => ({
  items: page.items.map(change),
  nextPageToken: page.nextPageToken,
});
