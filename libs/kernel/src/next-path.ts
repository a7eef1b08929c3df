const ORIGIN = 'http://noema.invalid';

/**
 * Returns a requested path if it is one of our page, else `/`. No result leads to another site, to the API or to
 * the sign-in.
 */
export function nextPath(asked: string | null | undefined): string {
  if (
    typeof asked !== 'string' ||
    !/^\/(?![/\\])[\x20-\x7e]*$/.test(asked) ||
    asked.includes('\\') ||
    !URL.canParse(asked, ORIGIN)
  )
    return '/';
  const url = new URL(asked, ORIGIN);
  const path = url.pathname + url.search + url.hash;
  return url.origin !== ORIGIN || path.startsWith('//') || /^\/(v1|oidc|sign-in)(?![\w-])/.test(path)
    ? '/'
    : path;
}
