import { decodePageToken, encodePageToken, Filter, type FilterFields, isUuid, type PageQuery, pageSize, parseOrderBy, Recent, type SplitName, type UnitOfWork } from '@noema/kernel';
import type { SampleIndex } from './dataset.js';
import type { DatasetReader, Datasets } from './dataset.ports.js';
import { RankedEvaluation, type SampleEvaluation } from './evaluation.js';
import { epochNotFound, rowInvalid, runNotFound } from './run.errors.js';
import type { RunRepository } from './run.ports.js';
import type { EpochStore } from './training.ports.js';

export interface EvaluationQuery extends PageQuery {
  /** Only these rows; empty for all. */
  readonly rows: readonly number[];
}

interface Opened {
  readonly ranked: RankedEvaluation;
  readonly index: SampleIndex;
  readonly classNames: readonly string[];
}

const FIELDS: FilterFields = { split: 'string', sample_id: 'string', row: 'number', loss: 'number', correct: 'boolean', predicted_class: 'number', true_class: 'number' };

/** What the model said about every sample; the few evaluations asked for last stay in memory. */
export class EvaluationUseCases {
  private readonly evaluations = new Recent<RankedEvaluation>(4);
  private readonly indexes = new Recent<{ readonly index: SampleIndex; readonly classNames: readonly string[] }>(4);

  constructor(private readonly work: UnitOfWork, private readonly runs: RunRepository, private readonly store: EpochStore, private readonly datasets: Datasets, private readonly reader: DatasetReader) {}

  /** The evaluation of one sample. Throws `not-found` RUN_NOT_FOUND, EPOCH_NOT_FOUND, SAMPLE_NOT_FOUND. */
  async get(teamId: string, runId: string, { epoch, split, sampleId }: { readonly epoch: number; readonly split: SplitName; readonly sampleId: string }): Promise<SampleEvaluation> {
    const { ranked, index, classNames } = await this.open(teamId, runId, epoch);
    return ranked.at(index.rowOf(split, sampleId), index, classNames);
  }

  /** Evaluations that meet the filter, by falling loss unless asked otherwise. */
  async list(teamId: string, runId: string, epoch: number, query: EvaluationQuery): Promise<{ readonly items: readonly SampleEvaluation[]; readonly nextPageToken: string; readonly totalSize: number }> {
    const order = parseOrderBy(query.orderBy, ['loss', 'row']);
    const filter = Filter.of(query.filter, FIELDS);
    const bound = { runId, epoch, filter: query.filter, orderBy: query.orderBy, rows: query.rows };
    const [from = 0] = decodePageToken(bound, query.pageToken) ?? [];
    const size = pageSize(query.pageSize);
    const { ranked, index, classNames } = await this.open(teamId, runId, epoch);
    const { rows } = ranked.evaluation;
    const wrong = query.rows.find((row) => row < 0 || row >= rows);
    if (wrong !== undefined) throw rowInvalid(wrong, rows);
    const wanted = new Set(query.rows);
    const met = [...sequence(ranked, order ?? { field: 'loss', descending: true })]
      .filter((row) => (wanted.size === 0 || wanted.has(row)) && filter.matches((name) => fieldOf(name, row, ranked, index)));
    const until = Number(from) + size;
    return {
      items: met.slice(Number(from), until).map((row) => ranked.at(row, index, classNames)),
      nextPageToken: met.length > until ? encodePageToken(bound, [until]) : '',
      totalSize: met.length,
    };
  }

  private async open(teamId: string, runId: string, epoch: number): Promise<Opened> {
    if (!isUuid(runId)) throw runNotFound(runId);
    const { run, found } = await this.work.run(teamId, async () => ({ run: await this.runs.find(runId), found: await this.runs.findEpoch(runId, epoch) }));
    if (run === undefined) throw runNotFound(runId);
    if (found === undefined) throw epochNotFound(runId, epoch);
    const ranked = await this.evaluations.get(found.evaluation.uri, async () => new RankedEvaluation(await this.store.readEvaluation(found.evaluation)));
    const data = await this.indexes.get(run.datasetVersionId, async () => {
      const dataset = await this.datasets.get(teamId, run.datasetVersionId);
      return { index: await this.reader.index(dataset), classNames: dataset.classNames };
    });
    return { ranked, ...data };
  }
}

function* sequence({ byLoss, evaluation: { rows, hasLoss } }: RankedEvaluation, { field, descending }: { readonly field: string; readonly descending: boolean }): Generator<number> {
  if (field === 'row') {
    for (let i = 0; i < rows; i++) yield descending ? rows - 1 - i : i;
  } else if (descending) yield* byLoss;
  else {
    // Rows without a loss come last in both directions.
    yield* byLoss.filter((row) => hasLoss[row] === 1).reverse();
    yield* byLoss.filter((row) => hasLoss[row] !== 1);
  }
}

function fieldOf(name: string, row: number, { evaluation }: RankedEvaluation, index: SampleIndex): string | number | boolean | undefined {
  switch (name) {
    case 'split': return index.splits[row];
    case 'sample_id': return index.sampleIds[row];
    case 'row': return row;
    case 'loss': return evaluation.hasLoss[row] === 1 ? evaluation.loss[row] : undefined;
    case 'correct': return evaluation.correct[row] === 1;
    case 'predicted_class': return evaluation.predictedClass[row];
    default: return evaluation.trueClass[row];
  }
}
