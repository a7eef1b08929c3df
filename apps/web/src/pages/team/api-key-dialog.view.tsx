import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { Group, Select } from '@mantine/core';
import { Role } from '@noema/contracts/noema/workspace/v1/member';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { apiKeys } from '../../api/team-clients.js';
import { DialogFormView } from '../../parts/dialog-form.view.js';
import { NameInputView } from '../../parts/name-input.view.js';
import { DialogView } from '../../parts/dialog.view.js';
import { fieldFaults, formFault, newRequestId } from '../../parts/field-faults.js';
import { endOfLife, KEY_LIVES } from './key-state.js';
import { NewKeyView } from './new-key.view.js';
import { MEMBER_ROLES, roleName } from './roles.js';
import { useSelf } from '../../parts/self.query.js';
import { refreshTeam, useMembers } from './team.query.js';

/** Makes a key; then it shows the key, this once, and closes by its button alone. */
export function ApiKeyDialogView({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const [secret, setSecret] = useState<string>();
  const close = (): void => {
    setSecret(undefined);
    onClose();
  };
  return (
    <DialogView
      opened={opened}
      onClose={close}
      title={secret === undefined ? 'New API key' : 'Copy the key now'}
      hasClose={secret === undefined}
      size="lg"
    >
      {secret === undefined ? (
        <Form onClose={close} onMade={setSecret} />
      ) : (
        <NewKeyView secret={secret} onDone={close} />
      )}
    </DialogView>
  );
}

function Form({ onClose, onMade }: { onClose: () => void; onMade: (secret: string) => void }) {
  const client = useQueryClient();
  const members = useMembers().data ?? [];
  const self = useSelf().data;
  const [displayName, setName] = useState('');
  const [chosen, setMember] = useState<string | null>(null);
  const [role, setRole] = useState<string>(String(Role.UNSPECIFIED));
  const [life, setLife] = useState<string>('90');
  const [requestId] = useState(newRequestId);
  const member = members.find(({ id }) => id === (chosen ?? self?.subject));
  const make = useMutation({
    mutationFn: () => {
      const end = endOfLife(life, Date.now());
      return apiKeys.createApiKey({
        displayName: displayName.trim(),
        memberId: member?.id ?? '',
        role: Number(role),
        requestId,
        ...(end === undefined ? {} : { expireTime: timestampFromMs(end) }),
      });
    },
    onSuccess: ({ secret }) => {
      void refreshTeam(client);
      onMade(secret);
    },
  });
  const faults = fieldFaults(make.error);
  const roles = [Role.UNSPECIFIED, ...MEMBER_ROLES.filter((each) => each <= (member?.role ?? Role.ADMIN))];
  return (
    <DialogFormView
      save={make}
      verb="Create key"
      canSave={displayName.trim() !== ''}
      refusal={formFault(make.error)}
      onClose={onClose}
    >
      <NameInputView
        name={displayName}
        onName={setName}
        description="Where it is used, such as “ci” or “laptop of Ann”"
        error={faults['displayName']}
        maxLength={200}
      />
      <Select
        label="Acts as"
        description="What is done with the key is done by this member"
        data={members.map(({ id, displayName: name }) => ({ value: id, label: name }))}
        value={member?.id ?? null}
        onChange={(id) => {
          setMember(id);
          setRole(String(Role.UNSPECIFIED));
        }}
        error={faults['memberId']}
        searchable
        allowDeselect={false}
      />
      <Group grow align="flex-start">
        <Select
          label="Role"
          data={roles.map((each) => ({
            value: String(each),
            label: each === Role.UNSPECIFIED ? 'as the member' : roleName(each),
          }))}
          value={role}
          onChange={(value) => {
            setRole(value ?? String(Role.UNSPECIFIED));
          }}
          error={faults['role']}
          allowDeselect={false}
        />
        <Select
          label="Valid"
          data={[...KEY_LIVES]}
          value={life}
          onChange={(value) => {
            setLife(value ?? '90');
          }}
          error={faults['expireTime']}
          allowDeselect={false}
        />
      </Group>
    </DialogFormView>
  );
}
