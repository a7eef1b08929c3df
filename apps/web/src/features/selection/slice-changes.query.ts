import { useMutation, useQueryClient } from '@tanstack/react-query';
import { slices } from '../../api/clients.js';
import type { Subject } from './subject.js';

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
