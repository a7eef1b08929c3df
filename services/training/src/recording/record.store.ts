import { Inject, Injectable } from '@nestjs/common';
import { artifactKey, type ArtifactStore } from '@noema/artifacts';
import { ARTIFACT_STORE } from '@noema/host';
import type { ArtifactRef } from '@noema/kernel';
import {
  ARROW_MEDIA_TYPE,
  JSON_MEDIA_TYPE,
  readResponseMatrices,
  type RecordedResponses,
  type ResponseMatrices,
  writeRecordedResponses,
  writeResponseMatrices,
} from '@noema/population/files';
import { readRecord } from './recording.mapper.js';
import type { GraphPart, SampleRecord } from './recording.js';
import { EPOCH_KIND, type EpochOwner } from '../epoch/epoch.store.js';

/** Stores records, and the responses of recorded epochs, in the artifact store. */
@Injectable()
export class RecordStore {
  constructor(@Inject(ARTIFACT_STORE) private readonly store: ArtifactStore) {}

  putRecord(owner: EpochOwner, writer: number, sequence: number, bytes: Uint8Array): Promise<ArtifactRef> {
    return this.put(owner, `records/${writer}-${sequence}.pb`, bytes, 'application/x-protobuf');
  }

  putGraphPart(owner: EpochOwner, writer: number, sequence: number, bytes: Uint8Array): Promise<ArtifactRef> {
    return this.put(owner, `graph/${writer}-${sequence}.bin`, bytes, 'application/octet-stream');
  }

  /** Reads all parts one after the other. Throws `data-loss` when one is not what it was. */
  async *readParts(parts: readonly GraphPart[]): AsyncGenerator<Uint8Array> {
    for (const { content } of parts) yield* this.store.openRead(content);
  }

  async readRecord(ref: ArtifactRef): Promise<SampleRecord> {
    return readRecord(await this.store.get(ref));
  }

  putShard(owner: EpochOwner, index: number, responses: ResponseMatrices): Promise<ArtifactRef> {
    return this.put(owner, `responses-${index}.arrow`, writeResponseMatrices(responses), ARROW_MEDIA_TYPE);
  }

  async readShard(ref: ArtifactRef): Promise<ResponseMatrices> {
    return readResponseMatrices(await this.store.get(ref));
  }

  putResponses(owner: EpochOwner, responses: RecordedResponses): Promise<ArtifactRef> {
    return this.put(owner, 'responses.json', writeRecordedResponses(responses), JSON_MEDIA_TYPE);
  }

  private put(
    { teamId, projectId, runId, epoch }: EpochOwner,
    name: string,
    bytes: Uint8Array,
    mediaType: string,
  ): Promise<ArtifactRef> {
    const part = `epochs/${epoch}/${name}`;
    return this.store.put(
      artifactKey({ teamId, projectId, kind: EPOCH_KIND, id: runId, part }),
      bytes,
      mediaType,
    );
  }
}
