import { Textarea } from '@mantine/core';
import type { Project } from '@noema/contracts/noema/workspace/v1/project';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { projects } from '../../api/clients.js';
import { DialogFormView } from '../../parts/dialog-form.view.js';
import { NameInputView } from '../../parts/name-input.view.js';
import { DialogView } from '../../parts/dialog.view.js';
import { fieldFaults, formFault, newRequestId } from '../../parts/field-faults.js';

interface ProjectDialog {
  opened: boolean;
  onClose: () => void;
  project?: Project;
  onDone?: (project: Project) => void;
}

/** Makes a project, or changes the name and the description of one. */
export function ProjectDialogView({ opened, onClose, project, onDone }: ProjectDialog) {
  return (
    <DialogView
      opened={opened}
      onClose={onClose}
      title={project === undefined ? 'New project' : 'Rename the project'}
    >
      <Form
        key={project?.id}
        onClose={onClose}
        {...(project === undefined ? {} : { project })}
        {...(onDone === undefined ? {} : { onDone })}
      />
    </DialogView>
  );
}

function Form({ onClose, project, onDone }: Omit<ProjectDialog, 'opened'>) {
  const client = useQueryClient();
  const [displayName, setName] = useState(project?.displayName ?? '');
  const [description, setDescription] = useState(project?.description ?? '');
  const [requestId] = useState(newRequestId);
  const save = useMutation({
    mutationFn: async () => {
      const answer =
        project === undefined
          ? await projects.createProject({
              displayName: displayName.trim(),
              description: description.trim(),
              requestId,
            })
          : await projects.updateProject({
              project: { id: project.id, displayName: displayName.trim(), description: description.trim() },
              updateMask: { paths: ['display_name', 'description'] },
            });
      return answer.project!;
    },
    onSuccess: (saved) => {
      client.removeQueries({ queryKey: ['project', saved.id], exact: true });
      void client.invalidateQueries({ queryKey: ['project-list'] });
      onClose();
      onDone?.(saved);
    },
  });
  const faults = fieldFaults(save.error);
  return (
    <DialogFormView
      save={save}
      verb={project === undefined ? 'Create' : 'Save'}
      canSave={displayName.trim() !== ''}
      refusal={formFault(save.error)}
      onClose={onClose}
    >
      <NameInputView
        name={displayName}
        onName={setName}
        description="What people call it; unique in the team"
        error={faults['displayName']}
        maxLength={200}
      />
      <Textarea
        label="Description"
        description="What the model is for; may be empty"
        value={description}
        onChange={(event) => {
          setDescription(event.currentTarget.value);
        }}
        error={faults['description']}
        autosize
        minRows={2}
        maxRows={6}
      />
    </DialogFormView>
  );
}
