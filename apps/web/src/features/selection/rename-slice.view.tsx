import type { Slice } from '@noema/contracts/noema/datasets/v1/slice';
import { useState } from 'react';
import { SaveSliceView } from './save-slice.view.js';
import { useSliceChanges } from './slice-changes.query.js';

/** Form for a new name, a new note and, of a slice with a filter, a new filter. */
export function RenameSliceView({ slice, onClose }: { readonly slice: Slice; readonly onClose: () => void }) {
  const { rename } = useSliceChanges(slice.datasetVersionId);
  // Another user may change the filter while the form is open: a new name leaves theirs.
  const [before] = useState(slice);
  return (
    <SaveSliceView
      opened
      title="Change the slice"
      verb="Save"
      count={slice.sampleCount}
      initial={before}
      pending={rename.isPending}
      error={rename.error}
      onClose={onClose}
      onSave={({ filter, ...named }) => {
        const changed = filter === before.filter ? '' : filter;
        rename.mutate({ id: slice.id, ...named, filter: changed }, { onSuccess: onClose });
      }}
    />
  );
}
