import type { ServerResponse } from 'node:http';

/** For bytes of an immutable resource: whoever may see them may keep them, for themselves alone. */
export function keepForever(res: ServerResponse): void {
  res.setHeader('cache-control', 'private, max-age=31536000, immutable');
  res.setHeader('vary', 'authorization, cookie');
}
