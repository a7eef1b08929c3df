import type { ArtifactRef } from '@noema/kernel';
import { DomainError } from '@noema/kernel';
import { memoryWork } from '@noema/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { artifact } from '../../test/ready-version.js';
import { EnvironmentService } from './environment.service.js';
import type { PythonDescription } from './python.description.js';
import type { StoredPart } from './wheel.store.js';

const [TEAM, PROJECT] = ['team', 'project'];
const HOUR_MS = 3_600_000;
const python: PythonDescription = {
  version: '3.11.7',
  abi: 'cp311',
  platforms: ['linux_x86_64'],
  packages: new Map([['numpy', '2.0.0']]),
};

let stored: Map<string, StoredPart>;
let named: Set<string>;
/** Hashes of each search in the store. */
let searches: (readonly string[])[];
let service: EnvironmentService;

/** A part that was stored these hours ago. */
function addPart(hash: string, hours: number): ArtifactRef {
  const part = artifact(`wheels/${hash}`);
  stored.set(hash, { part, modifiedAt: new Date(Date.now() - hours * HOUR_MS) });
  return part;
}

beforeEach(() => {
  [stored, named, searches] = [new Map(), new Set(), []];
  service = new EnvironmentService(
    memoryWork,
    { listNamedParts: (_project, uris) => Promise.resolve(new Set(uris.filter((uri) => named.has(uri)))) },
    {
      mustExist: (_team, project) =>
        project === PROJECT
          ? Promise.resolve()
          : Promise.reject(new DomainError('not-found', 'PROJECT_NOT_FOUND', `no project ${project}`)),
    },
    {
      put: (team, project, content) => Promise.resolve(artifact(`${team}/${project}/${content.length}`)),
      find: (_team, _project, hashes) => {
        searches.push(hashes);
        return Promise.resolve(hashes.flatMap((hash) => stored.get(hash) ?? []));
      },
    },
    () => Promise.resolve(python),
  );
});

describe('the environment of integrations', () => {
  it('is described and filled for a project that exists', async () => {
    expect(await service.describe(TEAM, PROJECT)).toBe(python);
    expect(await service.addPart(TEAM, PROJECT, Uint8Array.of(1, 2))).toEqual(artifact('team/project/2'));
  });

  it.each<[string, (project: string) => Promise<unknown>]>([
    ['describes', (project) => service.describe(TEAM, project)],
    ['stores', (project) => service.addPart(TEAM, project, Uint8Array.of(1))],
    ['lists', (project) => service.findParts(TEAM, project, ['a'])],
  ])('%s nothing of a project that does not exist', async (_, call) => {
    await expect(call('another')).rejects.toMatchObject({ reason: 'PROJECT_NOT_FOUND' });
    expect(searches).toEqual([]);
  });
});

describe('parts that need not be sent again', () => {
  it('have been stored in the last twelve hours', async () => {
    const fresh = addPart('fresh', 11.9);
    addPart('old', 12.1);
    expect(await service.findParts(TEAM, PROJECT, ['fresh', 'old', 'unknown'])).toEqual([fresh]);
  });

  it('have any age if an integration names them', async () => {
    const old = addPart('old', 1_000);
    addPart('older', 2_000);
    named.add(old.uri);
    expect(await service.findParts(TEAM, PROJECT, ['old', 'older'])).toEqual([old]);
  });

  it('are sought for all hashes of a request, and a request of too many is refused', async () => {
    const hashes = Array.from({ length: 2_000 }, (_, i) => `h${i}`);
    for (const hash of hashes) addPart(hash, 0);
    expect(await service.findParts(TEAM, PROJECT, hashes)).toHaveLength(2_000);
    expect(searches).toEqual([hashes]);
    await expect(service.findParts(TEAM, PROJECT, [...hashes, 'more'])).rejects.toMatchObject({
      reason: 'WHEEL_HASHES_TOO_MANY',
      message: expect.stringContaining('2001 hashes, and 2000') as string,
    });
    expect(searches).toHaveLength(1);
  });
});
