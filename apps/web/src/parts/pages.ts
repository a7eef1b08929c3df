interface Paged {
  readonly nextPageToken: string;
}

/**
 * All entries of a list that pages, in order; stops after `most`, so that a long list cannot fill the tab.
 */
export async function allPages<P extends Paged, T>(
  page: (pageToken: string) => Promise<P>,
  entries: (page: P) => readonly T[],
  most = 10_000,
): Promise<T[]> {
  const all: T[] = [];
  for (let token = ''; ; ) {
    const next = await page(token);
    all.push(...entries(next));
    token = next.nextPageToken;
    if (token === '' || all.length >= most) return all;
  }
}
