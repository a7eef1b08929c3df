/** Reads a list to its end, page by page. */
export async function allPages<Page extends { readonly nextPageToken: string }, Row>(
  fetchPage: (pageToken: string) => Promise<Page>,
  rowsOf: (page: Page) => readonly Row[],
): Promise<Row[]> {
  const rows: Row[] = [];
  for (let token: string | undefined = ''; token !== undefined; ) {
    const page: Page = await fetchPage(token);
    rows.push(...rowsOf(page));
    token = page.nextPageToken === '' ? undefined : page.nextPageToken;
  }
  return rows;
}
