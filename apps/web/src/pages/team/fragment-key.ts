/**
 * The key that a sign-in link carries behind its `#`, which a browser sends nowhere; `undefined` without one.
 */
export function keyOfFragment(fragment: string): string | undefined {
  const key = new URLSearchParams(fragment.replace(/^#/, '')).get('key')?.trim();
  return key === '' ? undefined : key;
}
