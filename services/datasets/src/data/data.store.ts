import { createWriteStream } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { ArtifactStore } from '@noema/artifacts';
import { ARTIFACT_STORE } from '@noema/host';
import type { ArtifactRef } from '@noema/kernel';
import { EnvironmentCache, type OpenEnvironment } from '../environment/environment.cache.js';
import { WheelStore } from '../environment/wheel.store.js';
import { unpackData } from './unpack-data.js';
import { type DataArchive, digestArchive } from './data-archive.js';
import { dataInvalid, dataPartNotFound } from './data.errors.js';
import { MAX_ARCHIVE_BYTES, MAX_ARCHIVE_PARTS } from './data.limits.js';

/** Archives of data in the artifact store, and their files on this machine while a process reads them. */
@Injectable()
export class DataStore {
  constructor(
    @Inject(ARTIFACT_STORE) private readonly store: Pick<ArtifactStore, 'get'>,
    @Inject(WheelStore) private readonly parts: Pick<WheelStore, 'find'>,
    @Inject(EnvironmentCache) private readonly folders: Pick<EnvironmentCache, 'openFolder'>,
  ) {}

  /**
   * The archive of parts that the project has. Throws `not-found` DATA_PART_NOT_FOUND, `invalid` DATA_INVALID.
   */
  async mustExist(teamId: string, projectId: string, parts: readonly ArtifactRef[]): Promise<DataArchive> {
    if (parts.length === 0 || parts.length > MAX_ARCHIVE_PARTS)
      throw dataInvalid(`it has ${parts.length} parts; 1 to ${MAX_ARCHIVE_PARTS} can be used`);
    const hashes = parts.map(({ sha256 }) => sha256);
    const stored = new Map(
      (await this.parts.find(teamId, projectId, hashes)).map(({ part }) => [part.sha256, part]),
    );
    const own = parts.map(({ sha256, uri }) => {
      const part = stored.get(sha256);
      if (part === undefined || part.uri !== uri) throw dataPartNotFound(sha256);
      return part;
    });
    const sizeBytes = own.reduce((sum, part) => sum + part.sizeBytes, 0);
    if (sizeBytes > MAX_ARCHIVE_BYTES)
      throw dataInvalid(`it has ${sizeBytes} bytes, and ${MAX_ARCHIVE_BYTES} are the limit`);
    return { parts: own, sizeBytes };
  }

  /**
   * A folder with the files of the archive, and `texts` next to them, which replace files of the same name. The
   * folder is shared by processes with the same `key`. Throws `invalid` DATA_INVALID, `data-loss` for a part that
   * is not what it was.
   */
  open(
    archive: DataArchive,
    key = `data-${digestArchive(archive)}`,
    texts: ReadonlyMap<string, Buffer> = new Map(),
  ): Promise<OpenEnvironment> {
    return this.folders.openFolder(key, async (folder) => {
      const packed = `${folder}.archive`;
      await mkdir(dirname(folder), { recursive: true });
      try {
        await pipeline(Readable.from(this.read(archive)), createWriteStream(packed));
        const use = await unpackData(packed, folder);
        for (const [name, content] of texts) {
          await rm(join(folder, name), { recursive: true, force: true });
          await mkdir(dirname(join(folder, name)), { recursive: true });
          await writeFile(join(folder, name), content);
        }
        return use;
      } finally {
        await rm(packed, { force: true });
        await rm(`${folder}.outer`, { recursive: true, force: true });
      }
    });
  }

  private async *read({ parts }: DataArchive): AsyncGenerator<Uint8Array> {
    for (const part of parts) yield await this.store.get(part);
  }
}
