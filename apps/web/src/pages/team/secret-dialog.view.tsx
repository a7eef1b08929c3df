import { PasswordInput } from '@mantine/core';
import type { Secret } from '@noema/contracts/noema/workspace/v1/secret';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { secrets } from '../../api/team-clients.js';
import { DialogFormView } from '../../parts/dialog-form.view.js';
import { NameInputView } from '../../parts/name-input.view.js';
import { DialogView } from '../../parts/dialog.view.js';
import { fieldFaults, formFault, newRequestId } from '../../parts/field-faults.js';
import { refreshTeam } from './team.query.js';

interface SecretDialogProps {
  opened: boolean;
  secret: Secret | undefined;
  onClose: () => void;
}

/** Stores a secret, or writes a new value over the old one. */
export function SecretDialogView({ opened, secret, onClose }: SecretDialogProps) {
  return (
    <DialogView
      opened={opened}
      onClose={onClose}
      title={secret === undefined ? 'New secret' : `New value of ${secret.name}`}
    >
      <Form key={secret?.id} secret={secret} onClose={onClose} />
    </DialogView>
  );
}

function Form({ secret, onClose }: Omit<SecretDialogProps, 'opened'>) {
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [value, setValue] = useState('');
  const [requestId] = useState(newRequestId);
  const save = useMutation({
    mutationFn: async () => {
      if (secret === undefined) await secrets.createSecret({ name: name.trim(), value, requestId });
      else await secrets.replaceSecretValue({ secretId: secret.id, value });
    },
    onSuccess: () => {
      void refreshTeam(client);
      onClose();
    },
  });
  const faults = fieldFaults(save.error);
  return (
    <DialogFormView
      save={save}
      verb="Store"
      canSave={value !== '' && (secret !== undefined || name.trim() !== '')}
      refusal={formFault(save.error)}
      onClose={onClose}
    >
      {secret === undefined && (
        <NameInputView
          name={name}
          onName={setName}
          description="What integrations ask for: letters, digits, _ and -"
          error={faults['name']}
          maxLength={100}
          spellCheck={false}
        />
      )}
      <PasswordInput
        label="Value"
        description="Stored encrypted; no one can read it again"
        value={value}
        onChange={(event) => {
          setValue(event.currentTarget.value);
        }}
        error={faults['value']}
        required
        autoComplete="off"
        data-autofocus={secret === undefined ? undefined : true}
        visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the value', tabIndex: 0 }}
      />
    </DialogFormView>
  );
}
