import { Select, Text, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { ClosingTest, Issue } from '@noema/contracts/noema/quality/v1/issue';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { DialogFormView } from '../../parts/dialog-form.view.js';
import { DialogView } from '../../parts/dialog.view.js';
import { fieldFaults } from '../../parts/field-faults.js';
import { ClosingTestView } from './closing-test.view.js';
import { LabelFieldView } from './label-field.view.js';
import { type NewIssue, useIssueActions, useTeamMembers } from './issues.query.js';
import { MentionFieldView } from './mention-field.view.js';
import { viewName } from './view-link.js';

export interface IssueDraft {
  readonly displayName?: string;
  readonly text?: string;
  readonly closingTest?: Pick<ClosingTest, 'testSuiteId' | 'testName'>;
  /** The subject of the issue, in a sentence. */
  readonly about: string;
  /** Path of the view that the issue leads to; undefined for none. */
  readonly view?: string | undefined;
  /** Finds the subject when the issue is saved; it may create a slice under the title. */
  readonly findSubject: (title: string) => Promise<NewIssue['subject']> | NewIssue['subject'];
}

/** The form of a new issue. */
export function NewIssueDialogView({
  projectId,
  draft,
  onClose,
  onCreated,
}: {
  projectId: string;
  draft: IssueDraft;
  onClose: () => void;
  onCreated?: (issue: Issue) => void;
}) {
  return (
    <DialogView opened onClose={onClose} title="New issue">
      <Form projectId={projectId} draft={draft} onClose={onClose} onCreated={onCreated} />
    </DialogView>
  );
}

function Form({
  projectId,
  draft,
  onClose,
  onCreated,
}: {
  projectId: string;
  draft: IssueDraft;
  onClose: () => void;
  onCreated: ((issue: Issue) => void) | undefined;
}) {
  const [title, setTitle] = useState(draft.displayName ?? '');
  const [text, setText] = useState(draft.text ?? '');
  const [assigneeId, setAssigneeId] = useState<string | null>(null);
  const [closingTest, setClosingTest] = useState(draft.closingTest);
  const [labels, setLabels] = useState<string[]>([]);
  const members = useTeamMembers();
  const { create } = useIssueActions(projectId);
  const save = useMutation({
    mutationFn: async () => {
      const displayName = title.trim();
      const subject = await draft.findSubject(displayName);
      // A path in angle brackets may have any signs of an address.
      const link = draft.view === undefined ? '' : `[${viewName(draft.view)}](<${draft.view}>)`;
      return create({
        displayName,
        text: [text.trim(), link].filter((part) => part !== '').join('\n\n'),
        assigneeId: assigneeId ?? '',
        labels,
        ...(closingTest !== undefined && { closingTest }),
        ...(subject !== undefined && { subject }),
      });
    },
    onSuccess: (issue) => {
      onClose();
      if (issue === undefined) return;
      notifications.show({ message: `The issue “${issue.displayName}” is open.` });
      onCreated?.(issue);
    },
  });
  const faults = fieldFaults(save.error);
  return (
    <DialogFormView
      save={save}
      verb="Open the issue"
      canSave={title.trim() !== ''}
      refusal={faults['displayName'] === undefined && faults['labels'] === undefined ? save.error : null}
      onClose={onClose}
    >
      <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
        {draft.about}
      </Text>
      <TextInput
        label="Title"
        required
        maxLength={120}
        value={title}
        error={faults['displayName']}
        data-autofocus
        onChange={(event) => {
          setTitle(event.currentTarget.value);
        }}
      />
      <MentionFieldView
        label="Description"
        description="Markdown; @ mentions a member"
        value={text}
        onChange={setText}
      />
      <Select
        label="Assigned to"
        placeholder="no member"
        data={(members.data ?? []).map(({ id, displayName }) => ({ value: id, label: displayName }))}
        value={assigneeId}
        clearable
        clearButtonProps={{ 'aria-label': 'No member' }}
        searchable
        onChange={setAssigneeId}
      />
      <LabelFieldView projectId={projectId} value={labels} error={faults['labels']} onChange={setLabels} />
      <ClosingTestView projectId={projectId} value={closingTest} onChange={setClosingTest} />
    </DialogFormView>
  );
}
