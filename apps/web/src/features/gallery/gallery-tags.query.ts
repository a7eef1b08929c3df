import { hasBit } from '@noema/scatterplot';
import { useQueries } from '@tanstack/react-query';
import { useCallback } from 'react';
import { sliceRowsQuery } from '../selection/slice-comparison.query.js';
import { describeUpdate, useSlices } from '../selection/slices.query.js';

/** Tags whose rows are loaded: the newest ones. A tag of a million rows is 125 kB. */
const MAX_TAGS = 20;

/** Returns the names of the tags of a row, the newest first, separated by commas; empty for none. */
export type FindTags = (row: number) => string;

/** The tags of a dataset version: slices without a filter. */
export function useTags(datasetVersionId: string): FindTags {
  const tags = (useSlices(datasetVersionId).data ?? [])
    .filter(({ filter }) => filter === '')
    .slice(0, MAX_TAGS);
  const rows = useQueries({
    queries: tags.map((tag) => sliceRowsQuery({ id: tag.id, updated: describeUpdate(tag) })),
    combine: useCallback(
      (results: readonly { readonly data?: { readonly bitmap: Uint8Array } | undefined }[]) =>
        results.map(({ data }) => data?.bitmap),
      [],
    ),
  });
  return (row) =>
    tags
      .filter((_, at) => {
        const bitmap = rows[at];
        return bitmap !== undefined && row >> 3 < bitmap.length && hasBit(bitmap, row);
      })
      .map(({ displayName }) => displayName)
      .join(', ');
}
