import { randomUUID } from 'node:crypto';
import { openArtifactStore } from '@noema/artifacts';
import { type Answer, type Check, fail, ok } from '../finding.js';
import type { Subject } from '../subject.js';

/** Whether an object can be written, read and removed. */
export function storeChecks({ store }: Subject): Check[] {
  if (store === undefined) return [];
  return [
    {
      name: 'store',
      timeoutMs: 20_000,
      advice:
        'see whether the store of NOEMA_STORE_URL runs, whether the bucket exists, and whether the keys ' +
        'may put, get, list and delete in it',
      look: () => probe(store),
    },
  ];
}

async function probe({ url, accessKey, secretKey }: NonNullable<Subject['store']>): Promise<Answer> {
  const store = openArtifactStore(url, { accessKey, secretKey, cacheBytes: 0, limits: { attempts: 2 } });
  const bytes = Buffer.from(`noema doctor ${randomUUID()}`);
  const begunMs = performance.now();
  const ref = await store.put(`doctor/doctor/probe/${randomUUID()}/probe`, bytes, 'text/plain');
  const same = Buffer.from(await store.get(ref)).equals(bytes);
  await store.delete(ref.uri);
  if (!same)
    return fail(
      'an object came back other than it was written',
      'do not use this store; look at what lies between it and us',
    );
  if ((await store.stat(ref.uri)) !== undefined)
    return fail(
      'an object is still there after it was deleted',
      'let the keys delete; a bucket with versions needs a lifecycle rule',
    );
  return ok(
    `wrote, read and removed an object in ${Math.round(performance.now() - begunMs)} ms at ` +
      `${url.replace(/\?.*/, '')}`,
  );
}
