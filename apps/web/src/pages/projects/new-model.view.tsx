import { Button, FileButton, Group, JsonInput, NumberInput, SimpleGrid, Text } from '@mantine/core';
import { IconUpload } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router-dom';
import { models } from '../../api/making-clients.js';
import { links } from '../../parts/address/links.js';
import { DialogFormView } from '../../parts/dialog-form.view.js';
import { NameInputView } from '../../parts/name-input.view.js';
import { DialogView } from '../../parts/dialog.view.js';
import { fieldFaults, newRequestId } from '../../parts/field-faults.js';
import { readTopology } from './topology.js';

interface NewModel {
  projectId: string;
  opened: boolean;
  onClose: () => void;
}

/** Makes a model of the layers that Keras or TF.js wrote. */
export function NewModelView(props: NewModel) {
  return (
    <DialogView title="Add a model" opened={props.opened} onClose={props.onClose} size="lg">
      <Form {...props} />
    </DialogView>
  );
}

function Form({ projectId, onClose }: NewModel) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [displayName, setName] = useState('');
  const [text, setText] = useState('');
  const [seed, setSeed] = useState<number | string>(7);
  const [requestId] = useState(newRequestId);
  const read = readTopology(text);
  const add = useMutation({
    mutationFn: () =>
      models.createModel({
        projectId,
        displayName: displayName.trim(),
        seed: Number(seed),
        requestId,
        ...(read.topology === undefined ? {} : { topology: read.topology }),
      }),
    onSuccess: async ({ model }) => {
      void client.invalidateQueries({ queryKey: ['model-list', projectId] });
      onClose();
      if (model !== undefined) await navigate(links.model(projectId, model.id));
    },
  });
  const faults = fieldFaults(add.error);
  const take = async (file: File | null): Promise<void> => {
    if (file === null) return;
    setText(await file.text());
    if (displayName === '') setName(file.name.replace(/\.json$/i, ''));
  };
  return (
    <DialogFormView
      save={add}
      verb="Add"
      canSave={displayName.trim() !== '' && read.topology !== undefined}
      refusal={add.error}
      onClose={onClose}
    >
      <SimpleGrid cols={2} spacing="md">
        <NameInputView name={displayName} onName={setName} error={faults['displayName']} />
        <NumberInput
          label="Initialization seed"
          value={seed}
          onChange={setSeed}
          allowDecimal={false}
          error={faults['seed']}
        />
      </SimpleGrid>
      <JsonInput
        label="Layers"
        description="What model.to_json() of Keras or model.toJSON() of TF.js writes"
        value={text}
        onChange={setText}
        error={text === '' ? faults['topology'] : (read.fault ?? faults['topology'])}
        autosize
        minRows={8}
        maxRows={16}
        required
        placeholder={'{"class_name": "Sequential", "config": {"layers": […]}}'}
      />
      <Group gap="sm">
        <FileButton
          onChange={(file) => {
            void take(file);
          }}
          accept="application/json,.json"
        >
          {(props) => (
            <Button {...props} variant="default" size="xs" leftSection={<IconUpload size={14} />}>
              Choose a file
            </Button>
          )}
        </FileButton>
        <Text size="xs" c="dimmed">
          or paste it above
        </Text>
      </Group>
    </DialogFormView>
  );
}
