import { useMutation, useQueryClient } from '@tanstack/react-query';
import { slices } from '../../api/clients.js';
import type { Subject } from './subject.js';

/** Creates, changes and deletes slices; the list is loaded again after each. */
export function useSliceChanges(datasetVersionId: string) {
  const client = useQueryClient();
  const onSettled = () => client.invalidateQueries({ queryKey: ['slices', datasetVersionId] });
  const onRows = (_: unknown, __: unknown, { id }: { readonly id: string }) =>
    Promise.all([onSettled(), client.invalidateQueries({ queryKey: ['rowsMask', `slice:${id}`] })]);
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
      mutationFn: ({
        id,
        displayName,
        description,
        filter,
      }: {
        readonly id: string;
        readonly displayName: string;
        readonly description: string;
        /** Empty to keep the filter, or the rows of a slice without one. */
        readonly filter: string;
      }) =>
        slices.updateSlice({
          slice: { id, displayName, description, filter },
          updateMask: { paths: ['display_name', 'description', ...(filter === '' ? [] : ['filter'])] },
        }),
      onSettled: onRows,
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
      onSettled: onRows,
    }),
    remove: useMutation({ onSettled, mutationFn: (sliceId: string) => slices.deleteSlice({ sliceId }) }),
  };
}
