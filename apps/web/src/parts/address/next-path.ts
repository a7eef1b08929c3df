/**
 * Where to go after the sign-in: a path of this page, whatever `?next=` says; `/projects` for everything
 * else.
 */
export function nextPath(next: string | null): string {
  const origin = 'http://page.invalid';
  if (next === null || !/^\/(?![/\\])/.test(next) || !URL.canParse(next, origin)) return '/projects';
  const url = new URL(next, origin);
  if (
    url.origin !== origin ||
    url.pathname.startsWith('//') ||
    url.pathname === '/sign-in' ||
    url.pathname === '/choose-team'
  )
    return '/projects';
  return url.pathname + url.search + url.hash;
}
