import type { Slice } from '@noema/contracts/noema/datasets/v1/slice';
import { SaveSliceView } from './save-slice.view.js';
import { useSliceChanges } from './slice-changes.query.js';

/** Form for a new name, a new note and, of a slice with a filter, a new filter. */
export function RenameSliceView({ slice, onClose }: { readonly slice: Slice; readonly onClose: () => void }) {
  const { rename } = useSliceChanges(slice.datasetVersionId);
  return (
    <SaveSliceView
      opened
      title="Change the slice"
      verb="Save"
      count={slice.sampleCount}
      initial={slice}
      pending={rename.isPending}
      error={rename.error}
      onClose={onClose}
      onSave={(named) => {
        rename.mutate({ id: slice.id, ...named }, { onSuccess: onClose });
      }}
    />
  );
}
