import type { Slice } from '@noema/contracts/noema/datasets/v1/slice';
import { useQuery } from '@tanstack/react-query';
import { slices } from '../../api/clients.js';
import { allPages } from '../../parts/pages.js';

/** The named slices of a dataset version, newest first. */
export const useSlices = (datasetVersionId: string, enabled = true) =>
  useQuery({
    queryKey: ['slices', datasetVersionId],
    enabled,
    queryFn: ({ signal }) =>
      allPages(
        (pageToken) => slices.listSlices({ datasetVersionId, pageSize: 200, pageToken }, { signal }),
        (page) => page.slices,
        1_000,
      ),
  });

/** A text that differs after each change of a slice: its rows may change while their number does not. */
export const describeUpdate = ({ updateTime }: Slice): string =>
  `${String(updateTime?.seconds)}.${String(updateTime?.nanos)}`;

/** A text that differs when a name, a note or the rows of a slice do. */
export const describeSlices = (slices: readonly Slice[]): string =>
  slices.map((slice) => `${slice.id} ${describeUpdate(slice)}`).join('\n');
