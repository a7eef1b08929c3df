import { Inject, Injectable } from '@nestjs/common';
import { JobResourceRepository, toJobResource } from '@noema/jobs';
import { JOB_STATE_FIELD, type SampleAddress } from '@noema/kernel';
import { Database, jsonb, type PageField } from '@noema/postgres';
import type { Selectable } from 'kysely';
import type { ExplanationsSchema } from '../schema.js';
import type { SharedAreaEntry, SimilarityAnalysis } from './similarity-analysis.js';
import type { NewSimilarityAnalysis, SimilarityAnalyses } from './similarity-analysis.ports.js';

type Row = Selectable<ExplanationsSchema['similarity_analysis_status']>;

const FIELDS: Readonly<Record<string, PageField>> = {
  state: { column: 'state', type: JOB_STATE_FIELD },
  activation_set_id: { column: 'activation_set_id::text', type: 'string' },
  create_time: { column: 'create_time', type: 'timestamp' },
};

const toAddress = ({ split, sampleId }: SampleAddress): SampleAddress => ({ split, sampleId });

/** Stores similarity analyses in PostgreSQL. */
@Injectable()
export class SimilarityAnalysisRepository
  extends JobResourceRepository<Row, SimilarityAnalysis, NewSimilarityAnalysis, readonly SharedAreaEntry[]>
  implements SimilarityAnalyses
{
  constructor(@Inject(Database) db: Database<ExplanationsSchema>) {
    super(db, 'similarity_analysis', FIELDS);
  }

  protected toRow({ id, layer, source, jobId }: NewSimilarityAnalysis) {
    return {
      id,
      project_id: source.projectId,
      activation_set_id: source.activationSetId,
      run_id: source.runId ?? null,
      epoch: source.epoch ?? null,
      layer,
      job_id: jobId,
      query: jsonb(toAddress(source.query)),
      samples: jsonb(source.samples.map(toAddress)),
      source: jsonb(source),
    };
  }

  protected toResource(row: Row): SimilarityAnalysis {
    return {
      ...toJobResource(row),
      layer: row.layer,
      source: row.source,
      areas: row.contents ?? [],
    };
  }
}
