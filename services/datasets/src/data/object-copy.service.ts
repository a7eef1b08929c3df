import type { LookupFunction } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import {
  explainS3Error,
  listS3Objects,
  nameS3Place,
  parseS3Url,
  readChunks,
  S3_LIMITS,
  S3Calls,
  type S3Keys,
  type S3Object,
  type S3Place,
} from '@noema/artifacts';
import { SETTINGS, WorkspaceProjects } from '@noema/host';
import { type ArtifactRef, DomainError, LruCache, type Port } from '@noema/kernel';
import type { DatasetsConfig } from '../config.js';
import { WHEEL_PART_BYTES } from '../environment/environment.limits.js';
import { WheelStore } from '../environment/wheel.store.js';
import { WorkspaceClient } from '../peers/workspace.client.js';
import { guardedLookup, requireEndpoint } from './address.guard.js';
import { MAX_ARCHIVE_BYTES, MAX_DATA_FILES } from './data.limits.js';
import { ObjectArchive } from './object-archive.js';

/** Parts of one call: a line of 1 MiB/s sends them within its deadline. */
const CALL_PARTS = 4;
const LIMITS = { objects: MAX_DATA_FILES, bytes: MAX_ARCHIVE_BYTES };
/** Objects of listings that wait for the next call of their client. */
const CACHED_OBJECTS = 2 * MAX_DATA_FILES;

/** The objects to copy, and the number of parts that earlier calls copied. */
export interface CopyRequest {
  readonly projectId: string;
  readonly url: string;
  readonly secretName: string;
  readonly fromPart: number;
  readonly listing: string;
}

/** Parts of the archive of the objects, and how many there are. */
export interface CopiedObjects {
  readonly parts: readonly ArtifactRef[];
  readonly partCount: number;
  readonly objectCount: number;
  readonly sizeBytes: number;
  readonly listing: string;
  readonly displayName: string;
}

/** Calls to an object store that a user names. */
export type ObjectCalls = Pick<S3Calls, 'list' | 'get' | 'stat'>;
type OpenObjects = (place: S3Place, keys: S3Keys, lookup: LookupFunction | undefined) => ObjectCalls;

const S3_ADVICE = 'give a secret with the access key and the secret key of the bucket';

/** Copies objects of an object store into a project, part by part. */
@Injectable()
export class ObjectCopyService {
  private readonly archives = new LruCache<ObjectArchive>(CACHED_OBJECTS, {
    weigh: ({ objects }) => objects.length,
  });

  constructor(
    @Inject(WorkspaceProjects) private readonly projects: Port<WorkspaceProjects>,
    @Inject(WorkspaceClient) private readonly workspace: Pick<WorkspaceClient, 'openSecrets'>,
    @Inject(WheelStore) private readonly parts: Pick<WheelStore, 'put'>,
    @Inject(SETTINGS) private readonly settings: Pick<DatasetsConfig, 'dataHosts'>,
    private readonly open: OpenObjects = (place, keys, lookup) =>
      new S3Calls(place.location, keys, S3_LIMITS, lookup),
  ) {}

  /**
   * Copies the next parts. Throws `invalid` DATA_HOST_REFUSED, STORE_URL_INVALID, COPY_INVALID, SECRET_FORM_INVALID,
   * OBJECTS_UNREADABLE, S3_KEY_INVALID, S3_TOO_LARGE; `not-found` SECRET_NOT_FOUND, S3_OBJECTS_NOT_FOUND; `conflict`
   * OBJECTS_CHANGED.
   */
  async copy(
    teamId: string,
    { projectId, url, secretName, fromPart, listing }: CopyRequest,
    signal: AbortSignal,
  ): Promise<CopiedObjects> {
    await this.projects.mustExist(teamId, projectId);
    const place = parseS3Url(url);
    requireEndpoint(place.location.endpoint, this.settings.dataHosts);
    const keys = await this.openKeys(teamId, secretName, url);
    const calls = this.open(place, keys, guardedLookup(place.location.endpoint, this.settings.dataHosts));
    try {
      const key = (digest: string): string => JSON.stringify([teamId, secretName, url, digest]);
      const list = async (): Promise<ObjectArchive> =>
        listed(await listS3Objects(calls, place, LIMITS), listing, url);
      const archive = listing === '' ? await list() : await this.archives.get(key(listing), list);
      if (listing === '') await this.archives.get(key(archive.listing), () => Promise.resolve(archive));
      const partCount = Math.ceil(archive.sizeBytes / WHEEL_PART_BYTES);
      if (fromPart < 0 || fromPart > partCount)
        throw new DomainError('invalid', 'COPY_INVALID', `from_part has ${fromPart}; use 0 to ${partCount}`, {
          violations: [{ field: 'from_part', description: `use 0 to ${partCount}` }],
        });
      const parts: ArtifactRef[] = [];
      for (let at = fromPart; at < Math.min(partCount, fromPart + CALL_PARTS); at++) {
        signal.throwIfAborted();
        const from = at * WHEEL_PART_BYTES;
        const content = await archive.read(from, from + WHEEL_PART_BYTES, (object, low, high) =>
          readObject(calls, object, low, high),
        );
        parts.push(await this.parts.put(teamId, projectId, content));
      }
      return {
        parts,
        partCount,
        objectCount: archive.objects.length,
        sizeBytes: archive.sizeBytes,
        listing: archive.listing,
        displayName: nameS3Place(place),
      };
    } catch (error) {
      throw unreadable(error, url, (fault) => explainS3Error(fault, place, { keys, advice: S3_ADVICE }));
    }
  }

  private async openKeys(teamId: string, name: string, url: string): Promise<S3Keys> {
    if (name === '') return { accessKey: '', secretKey: '' };
    const { [name]: value = '' } = await this.workspace.openSecrets(
      teamId,
      [name],
      `copying ${withoutQuery(url)}`,
    );
    const [accessKey = '', secretKey = '', ...token] = value.trim().split(':');
    if (accessKey === '' || secretKey === '')
      throw new DomainError(
        'invalid',
        'SECRET_FORM_INVALID',
        `the secret "${name}" is not "access key:secret key" or "access key:secret key:session token"`,
        { violations: [{ field: 'secret_name', description: 'not credentials of an object store' }] },
      );
    return { accessKey, secretKey, ...(token.length === 0 ? {} : { sessionToken: token.join(':') }) };
  }
}

function listed(objects: readonly S3Object[], expected: string, url: string): ObjectArchive {
  const archive = new ObjectArchive(objects);
  if (expected !== '' && archive.listing !== expected) throw objectsChanged(url);
  return archive;
}

async function readObject(
  calls: ObjectCalls,
  { key, sizeBytes }: S3Object,
  from: number,
  to: number,
): Promise<Uint8Array> {
  const bytes = Buffer.alloc(to - from);
  try {
    const objectBytes = await calls.get(key, { from, to }, async (body) => {
      await readChunks(bytes, body.chunks);
      return body.objectBytes;
    });
    if (objectBytes === sizeBytes) return bytes;
  } catch (error) {
    // servers answer in several ways where an object ends before the range
    if ((await calls.stat(key))?.sizeBytes === sizeBytes) throw error;
  }
  throw objectsChanged(key);
}

const withoutQuery = (url: string): string => url.replace(/\?.*$/, '');

const objectsChanged = (what: string): DomainError =>
  new DomainError('conflict', 'OBJECTS_CHANGED', `${what} changed while it was copied; copy it again`);

/** Faults of the store of the platform have reasons of their own; these are of a store that a user names. */
function unreadable(error: unknown, url: string, explain: (fault: DomainError) => DomainError): unknown {
  if (!(error instanceof DomainError) || !error.reason.startsWith('STORE_')) return error;
  const cause = explain(error);
  return new DomainError(
    'invalid',
    'OBJECTS_UNREADABLE',
    `${withoutQuery(url)} cannot be read: ${cause.message}`,
    { cause },
  );
}
