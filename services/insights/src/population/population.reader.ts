import { Inject, Injectable } from '@nestjs/common';
import { type ArtifactStore, readMatrix } from '@noema/artifacts';
import { ARTIFACT_STORE, SETTINGS } from '@noema/host';
import type { EpochRecord } from '@noema/insights';
import type { NeighborGraph } from '@noema/manifold';
import { DatasetCatalog, type DatasetVersionInfo, SampleTable } from '@noema/population';
import { nameOutputClasses, readNeighbors } from '@noema/population/files';
import type { InsightsConfig } from '../config.js';
import { ActivationsClient } from '../peers/activations.client.js';
import { SimilarityClient } from '../peers/similarity.client.js';
import { type SearchedEpoch, TrainingClient } from '../peers/training.client.js';
import { MAX_WAIT_HOURS } from '../waiting-run/waiting-run.js';
import {
  type Answers,
  chooseEpochs,
  countClasses,
  findOutput,
  isForeign,
  readAnswers,
  readEpoch,
  readOutput,
} from './evaluations.js';
import { findInputKind } from './input-kind.js';
import { readResponses, type Responses } from './responses.js';
import { countRowBytes, SearchedRows } from './rows.js';
import { readSampleColumns } from './sample.columns.js';
import type { SearchPopulation, SearchSource, StoredInputs } from './search-population.js';
import type { SearchedOutput } from './searched-output.js';

export interface ReadControl {
  readonly signal: AbortSignal;
  readonly seed: number;
}

/** Share of the memory of a worker that a population may take; the search needs the rest. */
const POPULATION_SHARE = 0.4;

/** Reads what the services published about a run into a population. */
@Injectable()
export class PopulationReader {
  constructor(
    @Inject(ARTIFACT_STORE) private readonly store: Pick<ArtifactStore, 'get'>,
    @Inject(DatasetCatalog) private readonly datasets: Pick<DatasetCatalog, 'version' | 'shards' | 'samples'>,
    @Inject(TrainingClient) private readonly training: Pick<TrainingClient, 'getRun' | 'listEpochs'>,
    @Inject(ActivationsClient) private readonly activations: Pick<ActivationsClient, 'readSet'>,
    @Inject(SimilarityClient) private readonly similarity: Pick<SimilarityClient, 'findGraph'>,
    @Inject(SETTINGS) private readonly settings: Pick<InsightsConfig, 'workerBytes'>,
  ) {}

  /** Throws the reason of the signal when that aborts. */
  async read(teamId: string, source: SearchSource, { signal, seed }: ReadControl): Promise<SearchPopulation> {
    const { runId, datasetVersionId, activationSetId, output } = source;
    const [run, allEpochs, version, set] = await Promise.all([
      this.training.getRun(teamId, runId),
      this.training.listEpochs(teamId, runId),
      this.datasets.version(teamId, datasetVersionId),
      activationSetId === '' ? undefined : this.activations.readSet(teamId, activationSetId),
    ]);
    const epochs = chooseEpochs(
      allEpochs.filter(({ epoch, evaluation }) => epoch <= source.epoch && evaluation),
    );
    const last = epochs.at(-1)?.epoch === source.epoch ? epochs.at(-1) : undefined;
    const evaluated = last && readOutput(await this.store.get(last.evaluation!), output);
    const classes = evaluated ? countClasses(evaluated) : 0;
    const table = await SampleTable.open(
      await this.store.get(await this.datasets.samples(teamId, datasetVersionId)),
    );
    const rows = SearchedRows.choose(version.sampleCount, {
      bytesPerRow: countRowBytes({
        dimensions: set?.dimensions ?? 0,
        units: set?.layers.reduce((sum, layer) => sum + layer.units, 0) ?? 0,
        epochs: epochs.length,
        classes,
        metadata: table.columns.filter(({ metadata }) => metadata !== undefined).length,
      }),
      bytes: this.settings.workerBytes * POPULATION_SHARE,
      seed,
    });
    // oxlint-disable-next-line typescript/no-misused-promises -- `finally` waits for the promise
    const columns = await readSampleColumns(table, rows).finally(() => table.close());
    signal.throwIfAborted();
    const isFirst = output?.isFirst ?? true;
    // The labels that the data have are of the first output.
    const known = isFirst && columns.classes.some((one) => one >= 0) ? columns.classes : undefined;
    const classesOfData = known === undefined ? 0 : version.classNames.length;
    const answers: Answers = evaluated
      ? readAnswers(evaluated, rows, { runTask: run.task, classesOfData })
      : { task: run.task };
    const labels = answers.labels ?? known;
    const data = { classNames: version.classNames, labels: columns.allClasses };
    const classNames =
      isFirst || evaluated === undefined ? version.classNames : nameOutputClasses(evaluated, data);
    const history = await this.readHistory(epochs, output, { rows, labels, classesOfData }, signal);
    const responses = set && (await readResponses(this.store, set, rows, signal));
    const neighbors = await this.readNeighbors(teamId, source, rows);
    const inputs = await this.findInputs(teamId, version, rows);
    return {
      population: {
        n: rows.count,
        classNames,
        isOfFurtherOutput: !isFirst,
        splits: columns.splits,
        splitCodes: columns.splitCodes,
        metadata: columns.metadata,
        history,
        spaces: responses?.spaces ?? [],
        ...answers,
        ...(labels && (answers.predicted || answers.losses === undefined) && { labels }),
        ...(neighbors && { neighbors }),
        ...(responses && { units: responses.units }),
      },
      inputs: inputs.stored,
      rows,
      keys: columns.keys,
      ownClasses:
        isFirst || classNames === version.classNames
          ? undefined
          : (labels ?? new Int32Array(rows.count).fill(-1)),
      splits: columns.splits,
      booleans: columns.booleans,
      remarks: describeLimits({
        ...{ rows, all: allEpochs, last, responses },
        epochs: history.length,
        isForeign: evaluated !== undefined && isForeign(evaluated, classesOfData),
        ...{ output, outputNames: run.outputNames },
        inputs: inputs.remark,
        missingVectors: source.missingVectors,
      }),
    };
  }

  private async readHistory(
    epochs: readonly SearchedEpoch[],
    output: SearchedOutput | undefined,
    {
      rows,
      labels,
      classesOfData,
    }: {
      readonly rows: SearchedRows;
      readonly labels: Int32Array | undefined;
      readonly classesOfData: number;
    },
    signal: AbortSignal,
  ): Promise<EpochRecord[]> {
    const history: EpochRecord[] = [];
    for (const { epoch, evaluation } of epochs) {
      signal.throwIfAborted();
      const evaluated = findOutput(await this.store.get(evaluation!), output);
      if (evaluated !== undefined && !isForeign(evaluated, classesOfData))
        history.push(readEpoch(epoch, evaluated, rows, labels));
    }
    return history;
  }

  /** A drawn part of the rows has no neighbours: most of them are not in it. */
  private async readNeighbors(
    teamId: string,
    { projectId, activationSetId }: SearchSource,
    rows: SearchedRows,
  ): Promise<NeighborGraph | undefined> {
    if (activationSetId === '' || rows.rows !== undefined) return undefined;
    const graph = await this.similarity.findGraph(teamId, projectId, activationSetId);
    return typeof graph === 'string' ? undefined : readNeighbors(await this.store.get(graph));
  }

  private async findInputs(
    teamId: string,
    { id, inputs, visualMediaTypes = [] }: DatasetVersionInfo,
    rows: SearchedRows,
  ): Promise<{ readonly stored: StoredInputs | undefined; readonly remark?: string }> {
    const [input, ...others] = inputs;
    if (input === undefined || others.length > 0) {
      const remark = `The samples have ${inputs.length} inputs; kinds that compare inputs need one.`;
      return { stored: undefined, remark };
    }
    const shards = await this.datasets.shards(teamId, id);
    const first = shards[0] && readMatrix(await this.store.get(shards[0].inputs)).float32(input.name).data;
    const kind = first && findInputKind(input, { visualMediaTypes, first });
    if (kind === undefined) {
      const shape = input.dims.join(', ');
      const remark = `An input has the shape [${shape}]; kinds that compare inputs need 1 to 3 dimensions.`;
      return { stored: undefined, remark };
    }
    return { stored: { kind, shape: input.dims, name: input.name, shards, rows: rows.rows } };
  }
}

const WITHOUT_VECTORS = {
  none: 'The epoch has no responses of units.',
  failed:
    'The vectors of the epoch failed, so kinds that need them are skipped. Retry the job of the activation set; the ' +
    'run is searched again when its neighbor graph is ready.',
  late:
    `The vectors of the epoch were not ready ${MAX_WAIT_HOURS} hours after the run, so kinds that need them are ` +
    'skipped. The run is searched again when its neighbor graph is ready.',
} as const;

function describeLimits(limits: {
  readonly rows: SearchedRows;
  readonly all: readonly SearchedEpoch[];
  /** Number of epochs that were read. */
  readonly epochs: number;
  readonly last: SearchedEpoch | undefined;
  readonly isForeign: boolean;
  readonly output: SearchedOutput | undefined;
  readonly outputNames: readonly string[];
  readonly responses: Responses | undefined;
  readonly inputs: string | undefined;
  readonly missingVectors: SearchSource['missingVectors'];
}): string[] {
  const { rows, all, epochs, last, isForeign, output, outputNames, responses, inputs } = limits;
  const { missingVectors = 'none' } = limits;
  const remarks: string[] = [];
  if (rows.rows !== undefined)
    remarks.push(
      `${rows.count} of ${rows.of} samples were searched, drawn by the seed, because the memory of a worker does ` +
        'not hold all; neighbors are left out.',
    );
  const evaluated = all.filter(({ evaluation }) => evaluation !== undefined).length;
  if (isForeign)
    remarks.push(
      'The model was compared with no sample, and does not predict the classes of the data; its predictions were ' +
        'not read.',
    );
  else if (epochs < evaluated) remarks.push(`${epochs} of ${evaluated} epochs were read.`);
  if (last === undefined) remarks.push('The epoch has no evaluation.');
  if (output !== undefined) {
    const others = outputNames.filter((name) => name !== output.name);
    remarks.push(
      `The model has ${outputNames.length} outputs; labels, predictions and losses belong to ${output.name}` +
        `${output.isFirst ? ', the first one' : ''}. Not searched: ${others.join(', ')}.`,
    );
  }
  if (responses === undefined) remarks.push(WITHOUT_VECTORS[missingVectors]);
  else remarks.push(...responses.remarks);
  if (inputs !== undefined) remarks.push(inputs);
  return remarks;
}
