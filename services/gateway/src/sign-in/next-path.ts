const ORIGIN = 'http://noema.invalid';

/**
 * The path of our page that a sign-in leads back to: what is asked for if it is one, else `/`. Nothing in it
 * leads to another site, to the API or to the sign-in itself.
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
