import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS } from '@noema/host';
import {
  decodePageToken,
  encodePageToken,
  Filter,
  findOrThrow,
  labelAlias,
  type PageQuery,
  pageSize,
  parseOrderBy,
  LruCache,
  type RowSelection,
  selectRows,
  type SampleAddress,
  type SplitName,
  type Task,
  type UnitOfWork,
} from '@noema/kernel';
import { DatasetCatalog, type DatasetVersionInfo } from '@noema/population';
import { classNamesFor, type OutputEvaluation, SAMPLE_COLUMNS } from '@noema/population/rules';
import { Database } from '@noema/postgres';
import type { TrainingConfig } from '../config.js';
import type { SampleIndex } from '../dataset/dataset.js';
import { DatasetReader } from '../dataset/dataset.reader.js';
import { readDecoding } from '../engine/object-rows.js';
import { epochNotFound } from '../epoch/epoch.errors.js';
import { EpochRepository } from '../epoch/epoch.repository.js';
import { EpochStore } from '../epoch/epoch.store.js';
import { runNotFound } from '../run/run.errors.js';
import type { Run, RunObjective } from '../run/run.js';
import { RunRepository } from '../run/run.repository.js';
import { rowInvalid } from './evaluation.errors.js';
import { evaluationReader, listFields, rowsInOrder } from './evaluation.fields.js';
import { RankedEvaluation, type SampleEvaluation } from './evaluation.js';
import { compareParts, type EvaluationSummary } from './evaluation.summary.js';
import {
  type EpochScore,
  toHistory,
  scoreEpoch,
  sampleEpoch,
  type SampleEpoch,
  type SampleHistory,
  countBytes,
} from './sample.history.js';

/** One output of a model after an epoch of a run. */
export interface EvaluatedOutput {
  readonly epoch: number;
  /** Name of the output; empty for the first one with the losses of all. */
  readonly output: string;
}

export interface EvaluationQuery extends PageQuery {
  /** Only these rows; empty for all. */
  readonly rows: readonly number[];
}

interface OpenedData {
  readonly dataset: DatasetVersionInfo;
  readonly index: SampleIndex;
  readonly classNames: readonly string[];
}

interface RankedData extends OpenedData {
  readonly ranked: RankedEvaluation;
}

interface CachedEvaluation {
  readonly ranked: RankedEvaluation;
  /** Whether the class names of the data name the classes of the output. */
  readonly isNamed: boolean;
}

/** Number of epochs of a run that are requested at once. */
const EPOCHS_AT_ONCE = 256;

/**
 * Predictions of the model for every sample; the few most recently requested evaluations stay in memory, and
 * the parts that histories show, up to `historyCacheBytes`.
 */
@Injectable()
export class EvaluationService {
  private readonly evaluations = new LruCache<CachedEvaluation>(4);
  private readonly indexes = new LruCache<OpenedData>(4);
  private readonly judgements: LruCache<EpochScore>;

  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(RunRepository) private readonly runs: Pick<RunRepository, 'find'>,
    @Inject(EpochRepository) private readonly epochs: Pick<EpochRepository, 'find' | 'listAfter'>,
    @Inject(EpochStore) private readonly store: Pick<EpochStore, 'readEvaluation'>,
    @Inject(DatasetCatalog) private readonly datasets: Pick<DatasetCatalog, 'version'>,
    @Inject(DatasetReader) private readonly reader: Pick<DatasetReader, 'index' | 'columns'>,
    @Inject(SETTINGS) { historyCacheBytes }: Pick<TrainingConfig, 'historyCacheBytes'>,
  ) {
    this.judgements = new LruCache(historyCacheBytes, { weigh: countBytes });
  }

  /**
   * The evaluation of one sample. Throws `not-found` RUN_NOT_FOUND, EPOCH_NOT_FOUND, OUTPUT_NOT_FOUND,
   * SAMPLE_NOT_FOUND.
   */
  async get(
    teamId: string,
    runId: string,
    { split, sampleId, ...of }: EvaluatedOutput & { readonly split: SplitName; readonly sampleId: string },
  ): Promise<SampleEvaluation> {
    const { ranked, index, classNames } = await this.open(teamId, runId, of);
    const row = index.getRow(split, sampleId);
    const regions = ranked.regionsAt(row, classNames);
    return { ...ranked.at(row, index, classNames), ...(regions && { regions }) };
  }

  /**
   * Evaluations that meet the filter, by falling loss unless asked otherwise. Throws as `get`, `invalid`
   * FILTER_INVALID, FILTER_TOO_MANY_CONDITIONS, ORDER_BY_INVALID, PAGE_TOKEN_INVALID, ROW_INVALID; the reason
   * of the signal when it aborts.
   */
  async list(
    teamId: string,
    runId: string,
    of: EvaluatedOutput,
    query: EvaluationQuery,
    signal: AbortSignal,
  ): Promise<{
    readonly items: readonly SampleEvaluation[];
    readonly nextPageToken: string;
    readonly totalSize: number;
    /** All rows that match, one bit a row. */
    readonly bitmap: Uint8Array;
  }> {
    const order = parseOrderBy(query.orderBy, ['loss', 'row']);
    const bound = { runId, ...of, filter: query.filter, orderBy: query.orderBy, rows: query.rows };
    const [from = 0] = decodePageToken(bound, query.pageToken, ['count']) ?? [];
    const size = pageSize(query.pageSize);
    const { ranked, index, dataset, classNames } = await this.open(teamId, runId, of);
    const mask = await this.matching(query.filter, ranked, { dataset, index }, signal);
    const { rows } = ranked.evaluation;
    const wrong = query.rows.find((row) => row < 0 || row >= rows);
    if (wrong !== undefined) throw rowInvalid(wrong, rows);
    const wanted = new Set(query.rows);
    const [page, until]: [number[], number] = [[], Number(from) + size];
    const bitmap = new Uint8Array(Math.ceil(rows / 8));
    let totalSize = 0;
    for (const row of rowsInOrder(ranked, order ?? { field: 'loss', descending: true })) {
      if (mask[row] === 0 || (wanted.size > 0 && !wanted.has(row))) continue;
      if (totalSize >= Number(from) && totalSize < until) page.push(row);
      bitmap[row >> 3]! |= 1 << (row & 7);
      totalSize++;
    }
    return {
      items: page.map((row) => ranked.at(row, index, classNames)),
      nextPageToken: totalSize > until ? encodePageToken(bound, [until]) : '',
      totalSize,
      bitmap,
    };
  }

  /** One byte a row, 1 where the filter holds of its evaluation and its sample. */
  private async matching(
    text: string,
    ranked: RankedEvaluation,
    { dataset, index }: Pick<OpenedData, 'dataset' | 'index'>,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    const fields = new Map([...index.fields, ...listFields(ranked)]);
    const filter = Filter.of(text, fields, labelAlias(fields));
    const columns = await this.reader.columns(
      dataset,
      filter.fields.filter((name) => index.fields.has(name)),
    );
    return filter.rows(
      ranked.evaluation.rows,
      (name) => columns.get(name) ?? evaluationReader(name, ranked, index),
      signal,
    );
  }

  /**
   * How the evaluation of a sample went over the epochs of a run, read one after the other. Throws
   * `not-found` RUN_NOT_FOUND, SAMPLE_NOT_FOUND.
   */
  async history(
    teamId: string,
    runId: string,
    { split, sampleId, output }: SampleAddress & Pick<EvaluatedOutput, 'output'>,
    signal: AbortSignal,
  ): Promise<SampleHistory & { readonly classNames: readonly string[] }> {
    const { unitOfWork, store } = this;
    const run = await unitOfWork.run(teamId, () => findOrThrow(this.runs, runId, runNotFound));
    const data = await this.data(teamId, run);
    const row = data.index.getRow(split, sampleId);
    const epochs: SampleEpoch[] = [];
    let names: readonly string[] = [];
    for (let more = true; more; ) {
      const found = await unitOfWork.run(teamId, () =>
        this.epochs.listAfter(runId, epochs.at(-1)?.epoch ?? 0, EPOCHS_AT_ONCE),
      );
      for (const { epoch, evaluation } of found) {
        signal.throwIfAborted();
        const judgement = await this.judgements.get(cacheKey(evaluation.uri, output), async () =>
          scoreEpoch(await store.readEvaluation(evaluation, output), findTask(run, output)),
        );
        names = classNamesFor(judgement.width, data.classNames);
        epochs.push(sampleEpoch(epoch, row, judgement));
      }
      more = found.length === EPOCHS_AT_ONCE;
    }
    // Several outputs may have as many classes, so that the last evaluation says whose names these are.
    const { classNames } =
      names.length === 0 || (run.settings.objectives ?? []).length < 2
        ? { classNames: names }
        : await this.open(teamId, runId, { epoch: epochs.at(-1)!.epoch, output });
    return { ...toHistory(epochs), classNames };
  }

  /** The selected rows against all others. Throws as `get`, and `invalid` as `selectRows`. */
  async compare(
    teamId: string,
    runId: string,
    of: EvaluatedOutput,
    selection: RowSelection | undefined,
  ): Promise<{
    readonly selected: EvaluationSummary;
    readonly rest: EvaluationSummary;
    readonly classNames: readonly string[];
  }> {
    const { ranked, classNames } = await this.open(teamId, runId, of);
    return {
      ...(await compareParts(ranked, selectRows(selection, ranked.evaluation.rows))),
      classNames: classNamesFor(ranked.evaluation.width, classNames),
    };
  }

  private async open(teamId: string, runId: string, { epoch, output }: EvaluatedOutput): Promise<RankedData> {
    const { run, found } = await this.unitOfWork.run(teamId, async () => ({
      run: await findOrThrow(this.runs, runId, runNotFound),
      found: await this.epochs.find(runId, epoch),
    }));
    if (found === undefined) throw epochNotFound(runId, epoch);
    const data = await this.data(teamId, run);
    const { ranked, isNamed } = await this.evaluations.get(
      cacheKey(found.evaluation.uri, output),
      async () => {
        const evaluation = await this.store.readEvaluation(found.evaluation, output);
        return {
          ranked: new RankedEvaluation(evaluation, findTask(run, output), findScoreThreshold(run, output)),
          isNamed: await this.isNamed(run, data, evaluation, output),
        };
      },
    );
    return { ...data, ranked, classNames: isNamed ? data.classNames : [] };
  }

  /**
   * Whether the class names of the data name the classes of an output. The data name the classes of one ground
   * truth; of a model with several outputs it is the one whose classes have these names in the sample table.
   */
  private async isNamed(
    { settings: { objectives = [] } }: Run,
    { dataset, classNames }: Pick<OpenedData, 'dataset' | 'classNames'>,
    { trueClass, width }: OutputEvaluation,
    output: string,
  ): Promise<boolean> {
    const names = classNamesFor(width, classNames);
    if (objectives.length < 2 || names.length === 0) return true;
    const columns = await this.reader.columns(dataset, [SAMPLE_COLUMNS.className]);
    const read = columns.get(SAMPLE_COLUMNS.className);
    const isSame = trueClass.every((label, row) => label < 0 || names[label] === read?.(row));
    // Without labels nothing shows whose names these are: the first output has them.
    return trueClass.some((label) => label >= 0) ? isSame : output === '' || output === objectives[0]?.output;
  }

  private data(teamId: string, { datasetVersionId }: Run): Promise<OpenedData> {
    return this.indexes.get(datasetVersionId, async () => {
      const dataset = await this.datasets.version(teamId, datasetVersionId);
      return { dataset, index: await this.reader.index(dataset), classNames: dataset.classNames };
    });
  }
}

/** Identity of one output of an evaluation. */
const cacheKey = (uri: string, output: string): string =>
  output === '' ? uri : JSON.stringify([uri, output]);

const findObjective = ({ settings: { objectives } }: Run, output: string): RunObjective | undefined =>
  output === '' ? objectives?.[0] : objectives?.find((one) => one.output === output);

/** Score from which a predicted object counts, as the loss of a detection declares it. */
function findScoreThreshold(run: Run, output: string): number | undefined {
  const objective = findObjective(run, output);
  return objective?.detection && readDecoding(objective.loss).scoreThreshold;
}

const findTask = (run: Run, output: string): Task | undefined => findObjective(run, output)?.task;
