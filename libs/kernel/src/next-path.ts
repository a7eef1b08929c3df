const ORIGIN = 'http://noema.invalid';

/** First parts of paths that are the API or the way to sign in; the gateway ignores their case. */
const NOT_OF_PAGE = /^\/(v1|mcp|oidc|sign-in|choose-team)(?![\w-])/i;

/**
 * Returns a requested path if it is one of our page, else `/`. No result leads to another site, to the API or to
 * the sign-in.
 */
export function nextPath(requested: string | null | undefined): string {
  if (
    typeof requested !== 'string' ||
    !/^\/(?![/\\])[\x20-\x7e]*$/.test(requested) ||
    requested.includes('\\') ||
    !URL.canParse(requested, ORIGIN)
  )
    return '/';
  const url = new URL(requested, ORIGIN);
  const path = url.pathname + url.search + url.hash;
  return url.origin !== ORIGIN || path.startsWith('//') || NOT_OF_PAGE.test(path) ? '/' : path;
}
