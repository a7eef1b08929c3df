import { Inject, Injectable } from '@nestjs/common';
import { WorkspaceProjects } from '@noema/host';
import { findOrThrow, type Port, type UnitOfWork, deriveUuid } from '@noema/kernel';
import { Database } from '@noema/postgres';
import { readShard } from '../runner/shard.answer.js';
import { packRows, requireShape } from './upload-chunk.js';
import { requireManifest } from './upload-manifest.js';
import {
  chunkDiffers,
  chunkInvalid,
  uploadConsumed,
  uploadIncomplete,
  uploadInvalid,
  uploadNotFound,
} from './upload.errors.js';
import {
  countChunks,
  rowsOfChunk,
  type SentChunk,
  toPlan,
  type ReceivedUpload,
  type UploadManifest,
} from './upload.js';
import { UploadChunkStore } from './upload-chunk.store.js';
import { UploadRepository } from './upload.repository.js';

const MAX_CHUNK_BYTES = 2 ** 23;

/** Samples that clients send in chunks. */
@Injectable()
export class UploadService {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(UploadRepository) private readonly uploads: Port<UploadRepository>,
    @Inject(UploadChunkStore) private readonly store: Pick<UploadChunkStore, 'put'>,
    @Inject(WorkspaceProjects) private readonly projects: Pick<WorkspaceProjects, 'mustExist'>,
  ) {}

  /** Begins an upload, or returns the one with the same manifest. Throws `invalid` UPLOAD_INVALID. */
  async create(teamId: string, projectId: string, manifest: UploadManifest): Promise<ReceivedUpload> {
    await this.projects.mustExist(teamId, projectId);
    requireManifest(manifest);
    const id = deriveUuid('upload', projectId, JSON.stringify(manifest));
    return this.unitOfWork.run(teamId, async () => {
      await this.uploads.ensure({ id, projectId, manifest });
      return (await this.uploads.findReceived(id))!;
    });
  }

  /**
   * Checks and stores one chunk. Throws `invalid` UPLOAD_CHUNK_INVALID, `conflict` UPLOAD_CHUNK_DIFFERS,
   * `precondition` UPLOAD_CONSUMED.
   */
  async add(teamId: string, id: string, index: number, chunk: SentChunk, bytes: Uint8Array): Promise<void> {
    const { manifest, projectId, datasetVersionId } = await this.unitOfWork.run(teamId, () =>
      findOrThrow(this.uploads, id, uploadNotFound),
    );
    if (datasetVersionId !== undefined) throw uploadConsumed(id, datasetVersionId);
    const count = countChunks(manifest);
    if (index < 0 || index >= count) throw uploadInvalid('index', index, `0 to ${count - 1}`);
    if (bytes.byteLength > MAX_CHUNK_BYTES)
      throw chunkInvalid(index, `${bytes.byteLength} bytes; at most ${MAX_CHUNK_BYTES} are allowed`);
    const rows = rowsOfChunk(manifest, index);
    requireShape(manifest, index, rows.rowCount, chunk);
    const { answer, body } = packRows(manifest, [{ chunk, from: 0, count: rows.rowCount }]);
    await readShard(answer, body, toPlan(manifest), rows, (what) => chunkInvalid(index, what));
    const content = await this.store.put(teamId, projectId, id, index, bytes);
    const stored = await this.unitOfWork.run(teamId, async () => {
      await this.uploads.addChunk(id, index, content);
      return this.uploads.chunk(id, index);
    });
    if (stored?.sha256 !== content.sha256) throw chunkDiffers(id, index);
  }

  /** Throws `not-found` UPLOAD_NOT_FOUND, also for an upload of another team. */
  get(teamId: string, id: string): Promise<ReceivedUpload> {
    const received = { find: (wanted: string) => this.uploads.findReceived(wanted) };
    return this.unitOfWork.run(teamId, () => findOrThrow(received, id, uploadNotFound));
  }

  /**
   * An upload of the project of which all chunks are stored. Throws `precondition` UPLOAD_INCOMPLETE or
   * UPLOAD_CONSUMED.
   */
  async getComplete(teamId: string, projectId: string, id: string): Promise<ReceivedUpload> {
    const upload = await this.get(teamId, id);
    if (upload.projectId !== projectId) throw uploadNotFound(id);
    requireComplete(upload);
    return upload;
  }
}

/** Throws `precondition` UPLOAD_INCOMPLETE or UPLOAD_CONSUMED. */
export function requireComplete({ id, manifest, received, datasetVersionId }: ReceivedUpload): void {
  if (datasetVersionId !== undefined) throw uploadConsumed(id, datasetVersionId);
  const count = countChunks(manifest);
  if (received.length === count) return;
  const there = new Set(received);
  throw uploadIncomplete(
    id,
    Array.from({ length: count }, (_, index) => index).filter((index) => !there.has(index)),
    count,
  );
}
