import { expect, it } from 'vitest';
import { EnvironmentService } from './environment.service.js';

const HASHES = Array.from({ length: 2_000 }, (_, i) => i.toString(16).padStart(64, '0'));
const service = new EnvironmentService(
  { run: (_team, work) => work() },
  { listNamedParts: () => Promise.resolve(new Set<string>()) },
  { mustExist: () => Promise.resolve() },
  {
    put: () => Promise.reject(new Error('nothing is stored here')),
    find: (_team: string, _project: string, hashes: readonly string[]) =>
      Promise.resolve(
        hashes.map((sha256) => ({
          part: { uri: sha256, sha256, sizeBytes: 1, mediaType: 'application/octet-stream' },
          modifiedAt: new Date(),
        })),
      ),
  },
  () => Promise.reject(new Error('no interpreter is needed here')),
);

it('finds the parts of all hashes of a request, and refuses a request of too many', async () => {
  expect(await service.findParts('team', 'project', HASHES)).toHaveLength(HASHES.length);
  await expect(service.findParts('team', 'project', [...HASHES, 'f'.repeat(64)])).rejects.toMatchObject({
    reason: 'WHEEL_HASHES_TOO_MANY',
    message: expect.stringContaining('2001 hashes, and 2000') as string,
  });
});
