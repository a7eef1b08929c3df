import { Inject, Injectable } from '@nestjs/common';
import {
  decodePageToken,
  encodePageToken,
  findOrThrow,
  type Page,
  type PageQuery,
  pageSize,
  type UnitOfWork,
} from '@noema/kernel';
import { Database } from '@noema/postgres';
import { runNotFound } from '../run/run.errors.js';
import { RunRepository } from '../run/run.repository.js';
import { epochNotFound } from './epoch.errors.js';
import type { Epoch } from './epoch.js';
import { EpochRepository } from './epoch.repository.js';

/** Epochs that runs have finished. */
@Injectable()
export class EpochService {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(RunRepository) private readonly runs: Pick<RunRepository, 'find'>,
    @Inject(EpochRepository) private readonly epochs: Pick<EpochRepository, 'find' | 'listAfter'>,
  ) {}

  /** Returns one epoch; 0 is the last. Throws `not-found` RUN_NOT_FOUND, EPOCH_NOT_FOUND. */
  get(teamId: string, runId: string, epoch: number): Promise<Epoch> {
    return this.unitOfWork.run(teamId, async () => {
      await findOrThrow(this.runs, runId, runNotFound);
      const found = await this.epochs.find(runId, epoch);
      if (found === undefined) throw epochNotFound(runId, epoch);
      return found;
    });
  }

  /** Lists the epochs in order. Throws `not-found` RUN_NOT_FOUND. */
  list(
    teamId: string,
    runId: string,
    query: Pick<PageQuery, 'pageSize' | 'pageToken'>,
  ): Promise<Page<Epoch>> {
    const bound = { epochsOf: runId };
    const [after = 0] = decodePageToken(bound, query.pageToken, ['count']) ?? [];
    const size = pageSize(query.pageSize);
    return this.unitOfWork.run(teamId, async () => {
      await findOrThrow(this.runs, runId, runNotFound);
      const found = await this.epochs.listAfter(runId, Number(after), size + 1);
      const items = found.slice(0, size);
      return {
        items,
        nextPageToken: found.length > size ? encodePageToken(bound, [items.at(-1)!.epoch]) : '',
      };
    });
  }
}
