import type { ServerResponse } from 'node:http';

/** For bytes of an immutable resource: whoever may see them may keep them, for themselves alone. */
export function keepForever(res: ServerResponse): void {
  res.setHeader('cache-control', 'private, max-age=31536000, immutable');
  res.setHeader('vary', 'authorization, cookie');
}

/** For bytes that can change: who keeps them requests them again by their etag before each use. */
export function keepUntilChanged(res: ServerResponse): void {
  res.setHeader('cache-control', 'private, no-cache');
  res.setHeader('vary', 'authorization, cookie');
}
