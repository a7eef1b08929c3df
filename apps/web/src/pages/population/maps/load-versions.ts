import type { Run } from '@noema/contracts/noema/training/v1/run';
import {
  type ComparedVersion,
  type DifferingSetting,
  differingSettings,
  findMetrics,
  findRefusal,
} from '@noema/evaluation';
import { DomainError } from '@noema/kernel/domain-error';
import { toComparedVersion } from '@noema/judging/versions';
import type { QueryClient } from '@tanstack/react-query';
import { counted } from '../../../parts/numbers.js';
import { toOutputColumn } from '../../../parts/output-column.js';
import { versionQuery } from '../../../features/sample/dataset-version.query.js';
import { loadPair } from '../points/compared-columns.js';
import type { MatchedSamples } from '../points/matched-samples.js';
import { pointCache } from '../points/points.query.js';
import { CHANGE, changeColumn } from '../points/column.js';
import { listColumns } from '../points/column-catalog.js';
import { evaluatedBy } from '../points/placed-rows.js';
import type { ComparedScopes, PointScope } from '../points/point-cache.js';
import { isReady } from './map-catalog.js';
import { toScope } from './map-scope.state.js';
import { mapsQuery, runQuery } from './population.query.js';
import type { VersionChoice } from './version-choice.js';

/** A run after an epoch, for people. */
export interface NamedVersion {
  readonly run: Run;
  readonly epoch: number;
}

/** Two versions that can be compared. */
export interface NamedVersions {
  readonly a: NamedVersion;
  readonly b: NamedVersion;
  readonly compared: ComparedScopes;
  readonly samples: Omit<MatchedSamples, 'matches'>;
  /** Columns of the changes. */
  readonly columns: readonly string[];
  readonly settings: readonly DifferingSetting[];
  /** Metrics that are left out, with the reason. */
  readonly notes: readonly string[];
}

interface Request {
  readonly projectId: string;
  /** The map. */
  readonly own: PointScope;
  readonly choice: VersionChoice;
  /** Empty for the first one of each version with the losses of all. */
  readonly output: string;
}

/** Loads what is needed of both versions, or the reason why they cannot be compared. Throws the API's faults. */
export async function loadVersions(
  client: QueryClient,
  { projectId, own, choice, output }: Request,
): Promise<NamedVersions | { readonly refusal: string }> {
  const find = async (runId: string): Promise<Run> => (await client.fetchQuery(runQuery(runId))).run!;
  const [run, other] = await Promise.all([find(own.runId), find(choice.runId)]);
  const epoch = choice.epoch === 0 ? other.epochsDone : choice.epoch;
  const title = `${other.displayName}, epoch ${epoch}`;
  if (own.placed !== undefined)
    return {
      refusal:
        'Other data are placed on this map, and only samples that both versions evaluate can be compared. ' +
        'Choose “nothing” under “Placed on it”.',
    };
  if (epoch > other.epochsDone || epoch === 0)
    return { refusal: `${other.displayName} has ${counted(other.epochsDone, 'epoch')}: choose one of them.` };
  if (other.id === run.id && epoch === own.epoch)
    return { refusal: 'Both versions are the same epoch of the same run: choose another one.' };
  const maps = await client.fetchQuery(mapsQuery(projectId, other.id));
  const map = maps.find(
    (one) =>
      isReady(one) &&
      one.placed === undefined &&
      one.epoch === epoch &&
      one.datasetVersionId === other.datasetVersionId,
  );
  if (map === undefined)
    return { refusal: `${title}, has no map, and its predictions come with one: compute a map of it.` };
  const order = <T>(mine: T, theirs: T): readonly [T, T] =>
    choice.side === 'a' ? [theirs, mine] : [mine, theirs];
  const [shown, further] = [
    { run, epoch: own.epoch },
    { run: other, epoch },
  ];
  const [a, b] = order(shown, further);
  const versions = describeVersions(shown, further, output);
  if (typeof versions === 'string') return { refusal: `${versions}.` };
  const [before, now] = order(...versions);
  const refusal = findRefusal(before, now);
  if (refusal !== undefined) return { refusal: `${refusal}.` };
  const metrics = findMetrics(before, now);
  const isKnown = await readColumns(client, [run, other], output);
  const hasCorrectness = metrics.hasCorrectness && isKnown('correct');
  const numbers = metrics.numbers.filter(isKnown);
  if (!hasCorrectness && numbers.length === 0)
    return { refusal: `${before.title} and ${now.title} have no metric in common.` };
  const truth = ['true_class', 'target'].find(isKnown);
  const notes =
    truth === undefined && run.datasetVersionId !== other.datasetVersionId
      ? [...metrics.notes, 'whether samples have the same ground truth in both datasets is not checked']
      : metrics.notes;
  const [scopeOfA, scopeOfB] = order(
    { ...own, outputs: listOutputNames(run) },
    { ...toScope(map, other.id), outputs: listOutputNames(other) },
  );
  const compared: ComparedScopes = {
    a: scopeOfA,
    b: scopeOfB,
    output,
    hasCorrectness,
    hasClasses: isKnown('true_class'),
    numbers,
    truth,
  };
  const { pair: _, ...samples } = await loadPair(pointCache, { ...own, compared });
  if (samples.shared === 0)
    return {
      refusal:
        samples.otherTruth === 0
          ? `${before.title} and ${now.title} share no sample. Choose versions on the same data.`
          : `All ${counted(samples.otherTruth, 'sample')} that both versions have differ in ground truth.`,
    };
  return {
    a,
    b,
    compared,
    samples,
    columns: [CHANGE, ...numbers.map(changeColumn)],
    settings: differingSettings(toSettings(a.run), toSettings(b.run)),
    notes,
  };
}

const listOutputNames = ({ objectives }: Run): string[] => objectives.map(({ output }) => output);

/** The compared properties of two versions, or why one of them lacks the output, with the outputs that it has. */
function describeVersions(
  one: NamedVersion,
  other: NamedVersion,
  output: string,
): readonly [ComparedVersion, ComparedVersion] | string {
  try {
    return [toComparedVersion({ ...one, output }), toComparedVersion({ ...other, output })];
  } catch (error) {
    if (error instanceof DomainError) return error.message;
    throw error;
  }
}

/** Returns whether all runs have a column of an output, by its name in a model with one output. */
async function readColumns(
  client: QueryClient,
  runs: readonly Run[],
  output: string,
): Promise<(name: string) => boolean> {
  const known = await Promise.all(
    runs.map(async (run) => {
      const { datasetVersion } = await client.fetchQuery(versionQuery(run.datasetVersionId));
      const names = new Set(listColumns(evaluatedBy(datasetVersion!, run)).map(({ name }) => name));
      return (name: string): boolean => names.has(toOutputColumn(name, output, listOutputNames(run)));
    }),
  );
  return (name) => known.every((has) => has(name));
}

const toSettings = ({ settings, modelVersionId, datasetVersionId, engine }: Run): object => ({
  ...settings,
  modelVersionId,
  datasetVersionId,
  engine,
});
