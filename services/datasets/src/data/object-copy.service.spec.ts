import type { S3Keys, StoredArtifact } from '@noema/artifacts';
import { type ArtifactRef, DomainError } from '@noema/kernel';
import { beforeEach, describe, expect, it } from 'vitest';
import { WHEEL_PART_BYTES } from '../environment/environment.limits.js';
import { type CopyRequest, type ObjectCalls, ObjectCopyService } from './object-copy.service.js';

const REQUEST: CopyRequest = {
  projectId: 'project',
  url: 's3://pictures/cats?endpoint=https://s3.example.org',
  secretName: '',
  fromPart: 0,
  listing: '',
};

/** Objects of the store, by key. */
let objects: Map<string, Buffer>;
/** Calls to the store, and secrets that were opened. */
let calls: string[];
let keys: S3Keys | undefined;
let failure: Error | undefined;
let secret: string;
let parts: Uint8Array[];
let service: ObjectCopyService;

const stored = (key: string): StoredArtifact | undefined => {
  const sizeBytes = objects.get(key)?.length;
  return sizeBytes === undefined ? undefined : { uri: key, sizeBytes, modifiedAt: new Date(0) };
};

const store: ObjectCalls = {
  async *list(prefix) {
    calls.push(`list ${prefix}`);
    await Promise.resolve();
    if (failure !== undefined) throw failure;
    for (const key of objects.keys()) yield stored(key)!;
  },
  stat: (key) => Promise.resolve(stored(key)),
  get: (key, range, take) => {
    const bytes = objects.get(key);
    if (bytes === undefined) return Promise.resolve(undefined);
    async function* chunks() {
      yield await Promise.resolve(bytes!.subarray(range?.from, range?.to));
    }
    return take({ chunks: chunks(), objectBytes: bytes.length });
  },
};

beforeEach(() => {
  objects = new Map([
    ['cats/a.csv', Buffer.from('x\n1\n')],
    ['cats/large.bin', Buffer.alloc(5 * WHEEL_PART_BYTES, 7)],
    ['cats-old/b.csv', Buffer.from('y\n')],
  ]);
  [calls, parts] = [[], []];
  [keys, failure, secret] = [undefined, undefined, 'key:word'];
  service = new ObjectCopyService(
    {
      mustExist: (_team, id) =>
        id === 'project'
          ? Promise.resolve()
          : Promise.reject(new DomainError('not-found', 'PROJECT_NOT_FOUND', `no project ${id}`)),
    },
    {
      openSecrets: (_team, [name], purpose) => {
        calls.push(`open ${name} for ${purpose}`);
        return Promise.resolve({ [name!]: secret });
      },
    },
    {
      put: (_team, _project, content) => {
        parts.push(content);
        return Promise.resolve({ uri: `part ${parts.length}` } as ArtifactRef);
      },
    },
    { dataHosts: [] },
    (_place, given) => {
      keys = given;
      return store;
    },
  );
});

const copy = (changes: Partial<CopyRequest> = {}, signal = new AbortController().signal) =>
  service.copy('team', { ...REQUEST, ...changes }, signal);

describe('objects of a store', () => {
  it('are copied as one archive, a few parts in a call, without the objects of a longer name', async () => {
    const first = await copy();
    expect(first).toMatchObject({ partCount: 6, objectCount: 2, displayName: 'cats' });
    expect(first.parts.map(({ uri }) => uri)).toEqual(['part 1', 'part 2', 'part 3', 'part 4']);
    const { parts: rest } = await copy({ fromPart: 4, listing: first.listing });
    expect(rest).toHaveLength(2);
    const archive = Buffer.concat(parts);
    expect(archive).toHaveLength(first.sizeBytes);
    expect(archive.subarray(512, 516).toString()).toBe('x\n1\n');
    const large = objects.get('cats/large.bin')!;
    expect(archive.subarray(1_536, 1_536 + large.length).equals(large)).toBe(true);
  });

  it('are listed once for all calls of one copy', async () => {
    const { listing } = await copy();
    await copy({ fromPart: 4, listing });
    expect(calls).toEqual(['list cats']);
    await copy();
    expect(calls).toEqual(['list cats', 'list cats']);
  });

  it('are refused when they changed: in the listing, in their size, or because they were deleted', async () => {
    const changed = { reason: 'OBJECTS_CHANGED' };
    await expect(copy({ listing: 'f'.repeat(64) })).rejects.toMatchObject(changed);
    const { listing } = await copy();
    objects.set('cats/a.csv', Buffer.from('x\n1\n2\n'));
    await expect(copy({ listing })).rejects.toMatchObject(changed);
    objects.delete('cats/a.csv');
    await expect(copy({ listing })).rejects.toMatchObject(changed);
  });

  it('are not read on once the caller has left', async () => {
    await expect(copy({}, AbortSignal.abort(new Error('left')))).rejects.toThrow('left');
    expect(parts).toEqual([]);
  });

  it.each([-1, 7])('are refused from part %i of six', async (fromPart) => {
    await expect(copy({ fromPart })).rejects.toMatchObject({
      reason: 'COPY_INVALID',
      message: `from_part has ${fromPart}; use 0 to 6`,
    });
  });

  it('that the store does not give are a fault of the request, with the place and without the query', async () => {
    failure = new DomainError('unavailable', 'STORE_DENIED', 'access denied');
    await expect(copy()).rejects.toMatchObject({
      kind: 'invalid',
      reason: 'OBJECTS_UNREADABLE',
      message:
        's3://pictures/cats cannot be read: s3://pictures at https://s3.example.org is not public; give a secret ' +
        'with the access key and the secret key of the bucket',
    });
    failure = new DomainError('exhausted', 'OTHER', 'another fault');
    await expect(copy()).rejects.toBe(failure);
  });
});

describe('credentials', () => {
  it('are empty without a secret', async () => {
    await copy();
    expect(keys).toEqual({ accessKey: '', secretKey: '' });
  });

  it.each([
    [' key:word\n', { accessKey: 'key', secretKey: 'word' }],
    ['key:word:a:b', { accessKey: 'key', secretKey: 'word', sessionToken: 'a:b' }],
  ])('are read from the secret %j', async (value, expected) => {
    secret = value;
    await copy({ secretName: 'bucket' });
    expect(keys).toEqual(expected);
    expect(calls[0]).toBe('open bucket for copying s3://pictures/cats');
  });

  it.each(['', 'key', 'key:', ':word'])('are refused in the form %j', async (value) => {
    secret = value;
    await expect(copy({ secretName: 'bucket' })).rejects.toMatchObject({ reason: 'SECRET_FORM_INVALID' });
    expect(keys).toBeUndefined();
  });

  it.each([
    ['PROJECT_NOT_FOUND', { projectId: 'other' }],
    ['STORE_URL_INVALID', { url: 'file:///etc/passwd' }],
    ['DATA_HOST_REFUSED', { url: 's3://pictures/x?endpoint=https://10.0.0.1' }],
  ])('stay closed after %s', async (reason, changes) => {
    await expect(copy({ secretName: 'bucket', ...changes })).rejects.toMatchObject({ reason });
    expect(calls).toEqual([]);
  });
});
