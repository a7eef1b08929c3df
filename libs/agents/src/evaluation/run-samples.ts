import { findTask } from '@noema/contracts';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import type { SampleEvaluation } from '@noema/contracts/noema/training/v1/sample_evaluation';
import type { JudgedSamples } from '@noema/evaluation';
import { DomainError } from '@noema/kernel';
import { EVALUATION_COLUMNS as COLUMNS } from '@noema/population/rules';
import { allPages } from '@noema/rest';
import type { Platform } from '../platform/platform.js';

/** Evaluations of some samples of a run after an epoch, by rising row. */
export type Rows = readonly SampleEvaluation[];

const UNJUDGED: ReadonlySet<string | undefined> = new Set(['regression', 'per-pixel', 'detection']);

/** Fields of evaluations that aggregates may name. */
export const FIELDS: Readonly<Record<string, (sample: SampleEvaluation) => number | undefined>> = {
  [COLUMNS.loss]: ({ hasLoss, loss }) => (hasLoss ? loss : undefined),
  [COLUMNS.correct]: ({ hasLoss, task, correct }) =>
    hasLoss && !UNJUDGED.has(findTask(task)) ? Number(correct) : undefined,
  [COLUMNS.residual]: ({ residual }) => residual,
  [COLUMNS.iou]: ({ iou }) => iou,
  [COLUMNS.pixelAccuracy]: ({ pixelAccuracy }) => pixelAccuracy,
};

/** The evaluations of a run, fetched once for each filter. */
export class RunSamples {
  private readonly fetched = new Map<string, Promise<Rows>>();
  private indexed: Promise<ReadonlyMap<number, SampleEvaluation>> | undefined;

  constructor(
    private readonly platform: {
      readonly evaluations: Pick<Platform['evaluations'], 'listSampleEvaluations'>;
    },
    readonly run: Pick<Run, 'id' | 'datasetVersionId'>,
    private readonly options: {
      /** 0 for the last one. */
      readonly epoch?: number;
      readonly maxRows?: number;
    } = {},
  ) {}

  /** Throws `invalid` FILTER_INVALID by the platform, `unsupported` TOO_MANY_ROWS above `maxRows`. */
  rows(filter: string): Promise<Rows> {
    const stored = this.fetched.get(filter);
    if (stored !== undefined) return stored;
    const page = {
      runId: this.run.id,
      epoch: this.options.epoch ?? 0,
      filter,
      orderBy: 'row',
      pageSize: 1000,
    };
    const rows = allPages(
      (pageToken) => this.platform.evaluations.listSampleEvaluations({ ...page, pageToken }),
      ({ evaluations, totalSize }) => {
        checkRows(totalSize, this.options.maxRows);
        return evaluations;
      },
    );
    this.fetched.set(filter, rows);
    return rows;
  }

  /** All evaluations by row. */
  byRow(): Promise<ReadonlyMap<number, SampleEvaluation>> {
    this.indexed ??= this.rows('').then((rows) => new Map(rows.map((sample) => [sample.row, sample])));
    return this.indexed;
  }
}

/** Throws `unsupported` TOO_MANY_ROWS when a tool would have to read more samples than it may. */
export function checkRows(rows: number, maxRows = Infinity): void {
  if (rows <= maxRows) return;
  throw new DomainError(
    'unsupported',
    'TOO_MANY_ROWS',
    `${rows} samples are more than the ${maxRows} that this server reads for one answer; narrow them with ` +
      `where`,
  );
}

/** Returns a field of the samples. Throws `invalid` FIELD_UNKNOWN with the known names. */
export function toSamples(rows: Rows, field: string | undefined): JudgedSamples {
  if (field === undefined) return { count: rows.length, field: undefined };
  const read = Object.hasOwn(FIELDS, field) ? FIELDS[field] : undefined;
  if (read === undefined)
    throw new DomainError(
      'invalid',
      'FIELD_UNKNOWN',
      `a test cannot aggregate "${field}"; known: ${Object.keys(FIELDS).join(', ')}`,
      { metadata: { field } },
    );
  return {
    count: rows.length,
    field: {
      values: Float64Array.from(rows, (row) => read(row) ?? NaN),
      isBoolean: field === COLUMNS.correct,
    },
  };
}
