import { DomainError } from '@noema/kernel';
import type { Value } from '../answer/answer.js';
import { DataText } from '../answer/fence.js';
import { formatJobState, formatRunState, formatSample, formatTime } from '../format.js';
import type { Platform } from './platform.js';

/** A page of entries. */
export interface Page {
  readonly items: readonly Value[];
  readonly nextToken: string;
}
/** Which entries of a project are listed. */
export interface Listing {
  readonly projectId: string;
  readonly runId: string;
  readonly filter: string;
  readonly pageSize: number;
  readonly pageToken: string;
}

/** Kinds of entries that a project has. */
export const KINDS_OF_PROJECT = ['runs', 'datasets', 'models', 'maps', 'slices', 'analyses'] as const;

type List = (platform: Platform, listing: Listing, dataset: string | undefined) => Promise<Page>;

/** Lists one page of each kind. Throws `invalid` DATASET_MISSING for slices without a dataset. */
export const LISTS: Readonly<Record<(typeof KINDS_OF_PROJECT)[number], List>> = {
  async runs({ runs }, listing) {
    const page = await runs.listRuns(listing);
    const items = page.runs.map((run) => ({
      id: run.id,
      name: new DataText(run.displayName),
      state: formatRunState(run.state),
      epochs: run.epochsDone,
      dataset_id: run.datasetVersionId,
      created: formatTime(run.createTime),
    }));
    return { items, nextToken: page.nextPageToken };
  },
  async datasets({ datasets }, listing) {
    const page = await datasets.listDatasetVersions(listing);
    const items = page.datasetVersions.map((version) => ({
      id: version.id,
      name: new DataText(version.displayName),
      state: formatJobState(version.state),
      samples: version.sampleCount,
      created: formatTime(version.createTime),
    }));
    return { items, nextToken: page.nextPageToken };
  },
  async models({ models }, listing) {
    const page = await models.listModels(listing);
    const items = page.models.map((model) => ({
      id: model.id,
      name: new DataText(model.displayName),
      latest_version_id: model.latestVersionId,
      created: formatTime(model.createTime),
    }));
    return { items, nextToken: page.nextPageToken };
  },
  async maps({ explorations }, listing) {
    const page = await explorations.listExplorations(listing);
    const items = page.explorations.map((map) => ({
      id: map.id,
      run_id: map.runId,
      epoch: map.epoch,
      method: map.method,
      state: formatJobState(map.state),
      points: map.pointCount,
      created: formatTime(map.createTime),
    }));
    return { items, nextToken: page.nextPageToken };
  },
  async slices({ slices }, { pageSize, pageToken }, datasetVersionId) {
    if (datasetVersionId === undefined)
      throw new DomainError(
        'invalid',
        'DATASET_MISSING',
        'slices belong to a dataset; name its id as dataset, as find {"kind": "datasets"} lists it',
      );
    const page = await slices.listSlices({ datasetVersionId, pageSize, pageToken });
    const items = page.slices.map((slice) => ({
      id: slice.id,
      name: new DataText(slice.displayName),
      samples: slice.sampleCount,
      where: slice.filter === '' ? undefined : new DataText(slice.filter),
      created: formatTime(slice.createTime),
    }));
    return { items, nextToken: page.nextPageToken };
  },
  async analyses({ analyses }, listing) {
    const page = await analyses.listAnalyses(listing);
    const items = page.analyses.map((analysis) => ({
      id: analysis.id,
      run_id: analysis.runId,
      epoch: analysis.epoch,
      sample: formatSample(analysis.sample),
      row: analysis.row,
      state: formatJobState(analysis.state),
      created: formatTime(analysis.createTime),
    }));
    return { items, nextToken: page.nextPageToken };
  },
};
