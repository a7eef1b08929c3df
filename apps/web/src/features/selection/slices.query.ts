import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { slices } from '../../api/clients.js';
import { allPages } from '../../parts/pages.js';
import type { Subject } from './subject.js';

/** The named slices of a dataset version, newest first. */
export const useSlices = (datasetVersionId: string) =>
  useQuery({
    queryKey: ['slices', datasetVersionId],
    queryFn: ({ signal }) =>
      allPages(
        (pageToken) => slices.listSlices({ datasetVersionId, pageSize: 200, pageToken }, { signal }),
        (page) => page.slices,
        1_000,
      ),
  });

/** Creates, changes and deletes slices; the list is loaded again after each. */
export function useSliceChanges(datasetVersionId: string) {
  const client = useQueryClient();
  const onSettled = () => client.invalidateQueries({ queryKey: ['slices', datasetVersionId] });
  return {
    create: useMutation({
      onSettled,
      mutationFn: async ({
        displayName,
        description,
        subject,
      }: {
        displayName: string;
        description: string;
        subject: Subject;
      }) =>
        (
          await slices.createSlice({
            datasetVersionId,
            displayName,
            description,
            selection: { bitmap: subject.bitmap },
            requestId: crypto.randomUUID(),
          })
        ).slice,
    }),
    rename: useMutation({
      onSettled,
      mutationFn: ({
        id,
        displayName,
        description,
      }: {
        id: string;
        displayName: string;
        description: string;
      }) =>
        slices.updateSlice({
          slice: { id, displayName, description },
          updateMask: { paths: ['display_name', 'description'] },
        }),
    }),
    changeRows: useMutation({
      mutationFn: ({
        id,
        add,
        remove,
      }: {
        readonly id: string;
        readonly add?: Subject | undefined;
        readonly remove?: Subject | undefined;
      }) =>
        slices.updateSlice({
          slice: { id },
          ...(add !== undefined && { add: { bitmap: add.bitmap } }),
          ...(remove !== undefined && { remove: { bitmap: remove.bitmap } }),
        }),
      onSettled: (_, __, { id }) =>
        Promise.all([onSettled(), client.invalidateQueries({ queryKey: ['rowsMask', `slice:${id}`] })]),
    }),
    remove: useMutation({ onSettled, mutationFn: (sliceId: string) => slices.deleteSlice({ sliceId }) }),
  };
}
