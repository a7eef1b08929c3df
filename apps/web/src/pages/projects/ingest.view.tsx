import { NumberInput, Text, TextInput } from '@mantine/core';
import type { Integration } from '@noema/contracts/noema/datasets/v1/integration';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router-dom';
import { datasets } from '../../api/clients.js';
import { links } from '../../parts/address/links.js';
import { DialogFormView } from '../../parts/dialog-form.view.js';
import { DialogView } from '../../parts/dialog.view.js';
import { fieldFaults, newRequestId } from '../../parts/field-faults.js';

/** Makes a dataset version from an integration, then leads to it. */
export function IngestView({
  integration,
  onClose,
}: {
  integration: Integration | undefined;
  onClose: () => void;
}) {
  return (
    <DialogView opened={integration !== undefined} onClose={onClose} title="Make a dataset version">
      {integration !== undefined && <Form integration={integration} onClose={onClose} />}
    </DialogView>
  );
}

function Form({ integration, onClose }: { integration: Integration; onClose: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [displayName, setName] = useState('');
  const [shardSize, setShardSize] = useState<number | string>(2_048);
  const [requestId] = useState(newRequestId);
  const ingest = useMutation({
    mutationFn: () =>
      datasets.createDatasetVersion({
        projectId: integration.projectId,
        integrationId: integration.id,
        displayName: displayName.trim(),
        shardSize: Number(shardSize),
        requestId,
      }),
    onSuccess: async ({ datasetVersion }) => {
      void client.invalidateQueries({ queryKey: ['dataset-version-list', integration.projectId] });
      void client.invalidateQueries({ queryKey: ['job-list', 'datasets'] });
      onClose();
      if (datasetVersion !== undefined)
        await navigate(links.dataset(integration.projectId, datasetVersion.id));
    },
  });
  const faults = fieldFaults(ingest.error);
  return (
    <DialogFormView
      save={ingest}
      verb="Ingest"
      canSave={shardSize !== ''}
      refusal={ingest.error}
      onClose={onClose}
    >
      <Text size="sm" c="dimmed">
        Every sample of <b>{integration.displayName}</b> is read, encoded and stored. Data that were ingested
        before give the version that exists.
      </Text>
      <TextInput
        label="Name"
        placeholder="numbered when empty"
        value={displayName}
        onChange={(event) => {
          setName(event.currentTarget.value);
        }}
        data-autofocus
        error={faults['displayName']}
        autoComplete="off"
      />
      <NumberInput
        label="Samples per shard"
        description="What one worker holds at a time"
        value={shardSize}
        onChange={setShardSize}
        min={1}
        allowDecimal={false}
        thousandSeparator=","
        error={faults['shardSize']}
      />
    </DialogFormView>
  );
}
