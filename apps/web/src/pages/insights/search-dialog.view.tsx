import { Select } from '@mantine/core';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useInsightActions } from '../../features/insights/insights.query.js';
import { useDatasetVersion } from '../../features/sample/dataset-version.query.js';
import { DialogFormView } from '../../parts/dialog-form.view.js';
import { DialogView } from '../../parts/dialog.view.js';

/** Starts a search of one output, whose samples belong together by a field of the metadata. */
export function SearchDialogView({ run, onClose }: { run: Run; onClose: () => void }) {
  const version = useDatasetVersion(run.datasetVersionId).data;
  const { search } = useInsightActions(run.projectId);
  const [chosen, setChosen] = useState<string | null>(null);
  const own = version?.groupField;
  const ownText =
    own === undefined
      ? ''
      : own === ''
        ? ' The data name no field.'
        : ` Left empty, it is “${own}”, which the data name.`;
  const outputs = run.objectives.map((objective) => objective.output);
  const [output, setOutput] = useState(outputs[0] ?? '');
  const start = useMutation({
    mutationFn: () => search(run.id, { groupField: chosen ?? '', output: outputs.length > 1 ? output : '' }),
    onSuccess: onClose,
  });
  return (
    <DialogView opened onClose={onClose} title="Search for insights">
      <DialogFormView
        save={start}
        verb="Search"
        canSave={version !== undefined}
        refusal={start.error}
        onClose={onClose}
      >
        {outputs.length > 1 && (
          <Select
            label="Output"
            description="Its labels, predictions and own losses are searched."
            data={outputs}
            value={output}
            allowDeselect={false}
            onChange={(next) => {
              setOutput(next ?? output);
            }}
          />
        )}
        <Select
          label="Group field"
          description={
            'Samples with equal values, such as the pictures of one patient, count as one piece of evidence.' +
            ownText
          }
          placeholder={own || 'none'}
          data={(version?.metadataColumns ?? []).map(({ name }) => name)}
          // A list that still loads stays closed.
          nothingFoundMessage={version === undefined ? undefined : 'The data have no such metadata field.'}
          value={chosen}
          clearable
          clearButtonProps={{ 'aria-label': 'No field of this search' }}
          searchable
          onChange={setChosen}
          data-autofocus
        />
      </DialogFormView>
    </DialogView>
  );
}
