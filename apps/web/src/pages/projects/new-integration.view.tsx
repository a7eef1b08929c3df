import { Text, TextInput } from '@mantine/core';
import type { Integration } from '@noema/contracts/noema/datasets/v1/integration';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { integrations } from '../../api/making-clients.js';
import { DialogFormView } from '../../parts/dialog-form.view.js';
import { NameInputView } from '../../parts/name-input.view.js';
import { DialogView } from '../../parts/dialog.view.js';
import { fieldFaults, newRequestId } from '../../parts/field-faults.js';

interface NewIntegration {
  projectId: string;
  opened: boolean;
  onClose: () => void;
  onDone: (integration: Integration) => void;
}

/** Registers an integration by the path of its module. */
export function NewIntegrationView(props: NewIntegration) {
  return (
    <DialogView opened={props.opened} onClose={props.onClose} title="Add an integration" size="lg">
      <Form {...props} />
    </DialogView>
  );
}

function Form({ projectId, onClose, onDone }: NewIntegration) {
  const client = useQueryClient();
  const [modulePath, setPath] = useState('');
  const [displayName, setName] = useState('');
  const [requestId] = useState(newRequestId);
  const add = useMutation({
    mutationFn: () =>
      integrations.createIntegration({
        projectId,
        displayName: displayName.trim(),
        source: { source: { case: 'modulePath', value: modulePath.trim() } },
        requestId,
      }),
    onSuccess: ({ integration }) => {
      void client.invalidateQueries({ queryKey: ['integration-list', projectId] });
      onClose();
      if (integration !== undefined) onDone(integration);
    },
  });
  const faults = fieldFaults(add.error);
  return (
    <DialogFormView
      save={add}
      verb="Add and check"
      canSave={modulePath.trim() !== '' && displayName.trim() !== ''}
      refusal={add.error}
      onClose={onClose}
    >
      <Text size="sm" c="dimmed">
        An integration is a module in JavaScript or Python on the machine of the platform that turns raw data
        into samples. Where the operator trusts integrations, it runs without a sandbox.
      </Text>
      <NameInputView name={displayName} onName={setName} error={faults['displayName']} />
      <TextInput
        label="Path of the module"
        placeholder="/home/me/digits/dist/index.js"
        description="Absolute path of a .js, .mjs or .py file that the platform can read"
        value={modulePath}
        onChange={(event) => {
          setPath(event.currentTarget.value);
        }}
        required
        error={faults['modulePath']}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
        autoComplete="off"
      />
    </DialogFormView>
  );
}
