/** The path before the id in the address of a sample: as `links.sample` writes it. */
const BEFORE_ID = /^\/projects\/[^/]+\/runs\/[^/]+\/samples\/[^/]+\/([^/]+)\/?$/;

/**
 * The id of the sample that a path of the page names, exactly as escaped there: the router would read an id
 * with `%2F` in it as one with `/`. Undefined for other paths.
 */
export function sampleIdOfPath(pathname: string): string | undefined {
  const escaped = BEFORE_ID.exec(pathname)?.[1];
  if (escaped === undefined) return undefined;
  try {
    return decodeURIComponent(escaped);
  } catch {
    return escaped;
  }
}
