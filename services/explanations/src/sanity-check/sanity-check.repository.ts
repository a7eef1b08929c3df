import { Inject, Injectable } from '@nestjs/common';
import { JobResourceRepository, toJobResource } from '@noema/jobs';
import { Database, jsonb } from '@noema/postgres';
import type { Selectable } from 'kysely';
import type { ExplanationsSchema } from '../schema.js';
import type { SanityCheck, SanityResult } from './sanity-check.js';
import type { NewSanityCheck, SanityChecks } from './sanity-check.ports.js';

type Row = Selectable<ExplanationsSchema['sanity_check_status']>;

/** Stores sanity checks in PostgreSQL. */
@Injectable()
export class SanityCheckRepository
  extends JobResourceRepository<Row, SanityCheck, NewSanityCheck, readonly SanityResult[]>
  implements SanityChecks
{
  constructor(@Inject(Database) db: Database<ExplanationsSchema>) {
    super(db, 'sanity_check');
  }

  protected toRow({ id, source, jobId }: NewSanityCheck) {
    const { projectId, runId, epoch } = source;
    return { id, project_id: projectId, run_id: runId, epoch, source: jsonb(source), job_id: jobId };
  }

  protected toResource(row: Row): SanityCheck {
    return { ...toJobResource(row), source: row.source, results: row.contents ?? [] };
  }
}
