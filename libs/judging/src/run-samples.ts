import type { MessageInitShape } from '@bufbuild/protobuf';
import type {
  ListSampleEvaluationsRequestSchema,
  ListSampleEvaluationsResponse,
} from '@noema/contracts/noema/training/v1/evaluation_service';
import type {
  GetEpochRequestSchema,
  GetEpochResponse,
} from '@noema/contracts/noema/training/v1/epoch_service';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import type { SampleEvaluation } from '@noema/contracts/noema/training/v1/sample_evaluation';
import { findOutput, type JudgedSamples } from '@noema/evaluation';
import { DomainError } from '@noema/kernel/domain-error';
import { LruCache } from '@noema/kernel/lru-cache';
import type { RunEpoch } from './compared-version.js';
import type { TeamCache } from './evaluation-cache.js';
import { checkField, FIELDS, isBooleanField } from './fields.js';
import { ColumnBuilder, type SampleColumns } from './sample-columns.js';

export { FIELDS, readCorrect } from './fields.js';

/** Evaluations of some samples of a run after an epoch, by rising row. */
export type Rows = readonly SampleEvaluation[];

/** Lists evaluations with the rights of its caller. */
export interface EvaluationReader {
  readonly evaluations: {
    listSampleEvaluations(
      request: MessageInitShape<typeof ListSampleEvaluationsRequestSchema>,
    ): Promise<Pick<ListSampleEvaluationsResponse, 'evaluations' | 'totalSize' | 'nextPageToken'>>;
  };
  /** Needed with a cache: it distinguishes the evaluations of a run that goes back to an epoch. */
  readonly epochs?: {
    getEpoch(
      request: MessageInitShape<typeof GetEpochRequestSchema>,
    ): Promise<Pick<GetEpochResponse, 'epoch'>>;
  };
}

/** Evaluations that a run stores where no limit is given. */
const MAX_STORED_ROWS = 1_000_000;
/** Memory of an evaluation without its lists, and of its columns. */
const [ROW_BYTES, COLUMN_BYTES] = [512, 44];

export interface RunSamplesOptions {
  /** Default: 0, the last one. */
  readonly epoch?: number;
  /** Name of the output whose evaluations are read. Default: the first one, with the losses of all. */
  readonly output?: string;
  /** Largest number of samples of one filter, and of all filters that are stored. */
  readonly maxRows?: number;
  readonly signal?: AbortSignal | undefined;
  /** Keeps what was read for later calls. */
  readonly cache?: TeamCache | undefined;
}

/** The evaluations of a run after one epoch. The filters that were used last are stored. */
export class RunSamples {
  /** The last epoch as a number, because a run that goes on would mix two epochs in one answer. */
  readonly epoch: number;
  /** Output whose evaluations these are; empty for the first one with the losses of all. */
  readonly output: string;
  private readonly others = new Map<string, RunSamples>();
  private readonly stored: LruCache<Rows>;
  private readonly storedColumns: LruCache<SampleColumns>;

  /** Throws `not-found` OUTPUT_NOT_FOUND with the outputs that the run has. */
  constructor(
    private readonly platform: EvaluationReader,
    readonly run: RunEpoch['run'] & Pick<Run, 'id' | 'datasetVersionId' | 'epochsDone'>,
    private readonly options: RunSamplesOptions = {},
  ) {
    this.epoch = resolveEpoch(run, options.epoch);
    this.output = options.output ?? '';
    if (this.output !== '') findOutput(run.displayName, run.objectives, this.output);
    const limit = options.maxRows ?? MAX_STORED_ROWS;
    this.stored = new LruCache(limit, { weigh: (rows) => rows.length });
    this.storedColumns = new LruCache(limit, { weigh: ({ rows }) => rows.length });
  }

  /** The evaluations of the same epoch by another output. Throws `not-found` OUTPUT_NOT_FOUND. */
  withOutput(output: string): RunSamples {
    if (output === this.output) return this;
    const { platform, run, options, epoch, others } = this;
    const known = others.get(output) ?? new RunSamples(platform, run, { ...options, epoch, output });
    others.set(output, known);
    return known;
  }

  /** Evaluations without probabilities, objects and metrics. Throws as `each`. */
  rows(filter: string): Promise<Rows> {
    return this.stored.get(filter, () =>
      this.keep(
        ['rows', filter],
        async () => {
          const rows: SampleEvaluation[] = [];
          await this.each(filter, (page) => {
            for (const sample of page) rows.push(withoutOutputs(sample));
          });
          return rows;
        },
        ({ length }) => ROW_BYTES * length,
      ),
    );
  }

  /** Fields of the evaluations as columns. Throws as `each`. */
  columns(filter: string): Promise<SampleColumns> {
    return this.storedColumns.get(filter, () =>
      this.keep(
        ['columns', filter],
        async () => {
          const builder = new ColumnBuilder();
          await this.each(filter, (page, total) => {
            builder.add(page, total);
          });
          return builder.finish();
        },
        ({ rows }) => COLUMN_BYTES * rows.length,
      ),
    );
  }

  /** Loads a value that depends on the evaluations of the epoch alone, unless an earlier call has it. */
  async keep<T>(
    key: readonly unknown[],
    load: () => Promise<T>,
    countBytes: (value: T) => number,
  ): Promise<T> {
    const { cache } = this.options;
    const uri = cache === undefined ? '' : await this.findEvaluation();
    return cache === undefined || uri === ''
      ? load()
      : cache.get([uri, this.output, ...key], load, countBytes);
  }

  /** Name of the stored evaluation, which a run that goes back to an epoch changes; empty for none. */
  private async findEvaluation(): Promise<string> {
    const got = await this.platform.epochs?.getEpoch({ runId: this.run.id, epoch: this.epoch });
    const uri = got?.epoch?.evaluation?.uri ?? '';
    return uri === '' ? '' : `${this.run.id}@${this.epoch} ${uri}`;
  }

  /**
   * Passes the evaluations that meet a filter page by page, with the number of all of them. Throws `invalid`
   * FILTER_INVALID by the platform, `unsupported` TOO_MANY_ROWS above `maxRows`, the reason of the signal.
   */
  async each(filter: string, onPage: (page: Rows, total: number) => void): Promise<void> {
    const { maxRows, signal } = this.options;
    const { epoch, output } = this;
    const request = { runId: this.run.id, epoch, output, filter, orderBy: 'row', pageSize: 1000 };
    for (let pageToken: string | undefined = ''; pageToken !== undefined; ) {
      signal?.throwIfAborted();
      const page = await this.platform.evaluations.listSampleEvaluations({ ...request, pageToken });
      checkRows(page.totalSize, maxRows);
      onPage(page.evaluations, page.totalSize);
      pageToken = page.nextPageToken === '' ? undefined : page.nextPageToken;
    }
  }

  /** Returns the evaluations of at most 1,000 samples with all they have, in their order. */
  async pick(rows: Rows): Promise<Rows> {
    if (rows.length === 0) return [];
    const { evaluations } = await this.platform.evaluations.listSampleEvaluations({
      runId: this.run.id,
      epoch: this.epoch,
      output: this.output,
      rows: rows.map(({ row }) => row),
      pageSize: 1000,
    });
    const byRow = new Map(evaluations.map((sample) => [sample.row, sample]));
    return rows.flatMap(({ row }) => byRow.get(row) ?? []);
  }
}

/** Returns an epoch of a run; of 0 the number of the last one. */
export const resolveEpoch = ({ epochsDone }: Pick<Run, 'epochsDone'>, epoch = 0): number =>
  epoch > 0 ? epoch : epochsDone;

const NONE: never[] = [];

/** Drops the lists of a sample, which take most of its memory: a thousand classes are 8 kB. */
const withoutOutputs = (sample: SampleEvaluation): SampleEvaluation =>
  Object.assign(sample, { probabilities: NONE, predictedObjects: NONE, trueObjects: NONE, metrics: NONE });

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
  checkField(field);
  const read = FIELDS[field]!;
  return {
    count: rows.length,
    field: { values: Float64Array.from(rows, (row) => read(row) ?? NaN), isBoolean: isBooleanField(field) },
  };
}

/** As `toSamples`. */
export function toJudgedSamples({ rows, fields }: SampleColumns, field: string | undefined): JudgedSamples {
  if (field === undefined) return { count: rows.length, field: undefined };
  checkField(field);
  return { count: rows.length, field: { values: fields.get(field)!, isBoolean: isBooleanField(field) } };
}
