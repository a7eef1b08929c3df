import { Inject, Injectable } from '@nestjs/common';
import type { UnitOfWork } from '@noema/kernel';
import { Database } from '@noema/postgres';
import type { EncodedShard, PopulationPlan } from '../ingestion/ingestion.js';
import type { IngestionRunner, OpenOrder, Progress } from '../ingestion/ingestion.ports.js';
import { answerInvalid } from '../runner/frame.js';
import { readShard } from '../runner/shard.answer.js';
import { type ChunkRows, packRows } from './upload-chunk.js';
import { uploadIncomplete, uploadNotFound } from './upload.errors.js';
import { readChunk } from './upload.mapper.js';
import { requireComplete } from './upload.service.js';
import { countChunks, rowsOfChunk, toPlan, type Upload } from './upload.js';
import { UploadChunkStore } from './upload-chunk.store.js';
import { UploadRepository } from './upload.repository.js';

/** Reads the samples of an upload. No code of users runs. */
@Injectable()
export class UploadRunner implements IngestionRunner {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(UploadRepository)
    private readonly uploads: Pick<UploadRepository, 'find' | 'findReceived' | 'chunks'>,
    @Inject(UploadChunkStore) private readonly store: Pick<UploadChunkStore, 'get'>,
  ) {}

  async plan(order: OpenOrder): Promise<PopulationPlan> {
    const upload = await this.find(order, (id) => this.uploads.findReceived(id));
    requireComplete(upload);
    return toPlan(upload.manifest);
  }

  async encode(
    order: OpenOrder,
    plan: PopulationPlan,
    rows: { readonly firstRow: number; readonly rowCount: number },
    signal: AbortSignal,
    progress: Progress,
  ): Promise<EncodedShard> {
    const upload = await this.find(order, (id) => this.uploads.find(id));
    const parts = await this.read(order.teamId, upload, rows, signal);
    progress(Math.ceil(rows.rowCount / 2), rows.rowCount);
    const { answer, body } = packRows(upload.manifest, parts);
    const shard = await readShard(answer, body, plan, rows, answerInvalid);
    progress(rows.rowCount, rows.rowCount);
    return shard;
  }

  private async read(
    teamId: string,
    { id, manifest }: Upload,
    { firstRow, rowCount }: { readonly firstRow: number; readonly rowCount: number },
    signal: AbortSignal,
  ): Promise<ChunkRows[]> {
    const first = Math.floor(firstRow / manifest.chunkRows);
    const last = Math.floor((firstRow + rowCount - 1) / manifest.chunkRows);
    const refs = await this.unitOfWork.run(teamId, () => this.uploads.chunks(id, first, last));
    if (refs.length !== last - first + 1) throw uploadIncomplete(id, [first], countChunks(manifest));
    const parts: ChunkRows[] = [];
    for (const [i, ref] of refs.entries()) {
      signal.throwIfAborted();
      const chunk = rowsOfChunk(manifest, first + i);
      const from = Math.max(0, firstRow - chunk.firstRow);
      const to = Math.min(chunk.rowCount, firstRow + rowCount - chunk.firstRow);
      parts.push({ chunk: readChunk(await this.store.get(ref)), from, count: to - from });
    }
    return parts;
  }

  private async find<Found extends Upload>(
    { teamId, uploadId }: OpenOrder,
    find: (id: string) => Promise<Found | undefined>,
  ): Promise<Found> {
    const upload = uploadId === null ? undefined : await this.unitOfWork.run(teamId, () => find(uploadId));
    if (upload === undefined) throw uploadNotFound(uploadId ?? '');
    return upload;
  }
}
