import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type ArtifactStore, artifactKey, formatUri } from '@noema/artifacts';
import { ARTIFACT_STORE } from '@noema/host';
import type { ArtifactRef } from '@noema/kernel';
import { wheelInvalid, wheelPartInvalid, wheelPartNotFound } from './environment.errors.js';
import { MAX_WHEELS, WHEEL_PART_BYTES } from './environment.limits.js';
import type { WheelFile } from './environment.builder.js';
import type { Wheel } from './wheel.js';

/** Third part of the keys of parts of wheels. */
export const WHEEL_KIND = 'wheels';
const MEDIA_TYPE = 'application/octet-stream';
const SHA256 = /^[0-9a-f]{64}$/;
const MAX_PARTS = 64;

export interface StoredPart {
  readonly part: ArtifactRef;
  readonly modifiedAt: Date;
}

/**
 * Parts of wheels in the artifact store. A part is named by its content, so that a project stores it once; a part
 * that no integration names is deleted after a day.
 */
@Injectable()
export class WheelStore {
  constructor(@Inject(ARTIFACT_STORE) private readonly store: ArtifactStore) {}

  /** Throws `invalid` WHEEL_PART_INVALID. */
  put(teamId: string, projectId: string, content: Uint8Array): Promise<ArtifactRef> {
    if (content.byteLength === 0 || content.byteLength > WHEEL_PART_BYTES)
      throw wheelPartInvalid(content.byteLength, WHEEL_PART_BYTES);
    return this.store.put(partKey(teamId, projectId, hash(content)), content, MEDIA_TYPE);
  }

  /** The parts of these hashes that the project has, with the time at which each was stored last. */
  async find(teamId: string, projectId: string, hashes: readonly string[]): Promise<StoredPart[]> {
    const parts = await Promise.all(
      [...new Set(hashes)].map((sha256) => this.findPart(teamId, projectId, sha256)),
    );
    return parts.filter((part) => part !== undefined);
  }

  /**
   * Returns wheels whose parts the project has, with their sizes. Throws `not-found` WHEEL_PART_NOT_FOUND,
   * `invalid` WHEEL_INVALID.
   */
  async mustExist(
    teamId: string,
    projectId: string,
    wheels: readonly Pick<Wheel, 'fileName' | 'sha256' | 'parts'>[],
  ): Promise<Wheel[]> {
    if (wheels.length > MAX_WHEELS)
      throw wheelInvalid(
        wheels[0]!.fileName,
        `it is one of ${wheels.length}; at most ${MAX_WHEELS} can be used`,
      );
    const found: Wheel[] = [];
    for (const { fileName, sha256, parts } of wheels) {
      if (!SHA256.test(sha256)) throw wheelInvalid(fileName, `"${sha256.slice(0, 80)}" is no SHA-256`);
      if (parts.length === 0 || parts.length > MAX_PARTS)
        throw wheelInvalid(fileName, `it has ${parts.length} parts; 1 to ${MAX_PARTS} can be used`);
      const stored = await Promise.all(
        parts.map(async (part) => {
          const own = await this.findPart(teamId, projectId, part.sha256);
          if (own === undefined || own.part.uri !== part.uri) throw wheelPartNotFound(fileName, part.sha256);
          return own.part;
        }),
      );
      const sizeBytes = stored.reduce((sum, part) => sum + part.sizeBytes, 0);
      found.push({ fileName, sha256, sizeBytes, parts: stored });
    }
    return found;
  }

  /** A stored wheel, read when it is unpacked. */
  open({ fileName, sha256, sizeBytes, parts }: Wheel): WheelFile {
    return {
      fileName,
      sha256,
      sizeBytes,
      read: async () => {
        const content = Buffer.allocUnsafe(sizeBytes);
        let at = 0;
        for (const part of parts) {
          content.set(await this.store.get(part), at);
          at += part.sizeBytes;
        }
        return content;
      },
    };
  }

  private async findPart(teamId: string, projectId: string, sha256: string): Promise<StoredPart | undefined> {
    if (!SHA256.test(sha256)) return undefined;
    const uri = formatUri(partKey(teamId, projectId, sha256), sha256);
    const stored = await this.store.stat(uri);
    return (
      stored && {
        part: { uri, sha256, sizeBytes: stored.sizeBytes, mediaType: MEDIA_TYPE },
        modifiedAt: stored.modifiedAt,
      }
    );
  }
}

const hash = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');
const partKey = (teamId: string, projectId: string, sha256: string): string =>
  artifactKey({ teamId, projectId, kind: WHEEL_KIND, id: sha256, part: 'part.bin' });
