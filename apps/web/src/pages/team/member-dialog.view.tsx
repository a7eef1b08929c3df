import { Radio, Stack, TextInput } from '@mantine/core';
import { type Member, Role } from '@noema/contracts/noema/workspace/v1/member';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { members } from '../../api/team-clients.js';
import { DialogFormView } from '../../parts/dialog-form.view.js';
import { NameInputView } from '../../parts/name-input.view.js';
import { DialogView } from '../../parts/dialog.view.js';
import { fieldFaults, formFault, newRequestId } from '../../parts/field-faults.js';
import { SELF } from '../../parts/self.query.js';
import { MEMBER_ROLES, ROLE_RIGHTS, roleName } from './roles.js';
import { refreshTeam } from './team.query.js';

interface MemberDialogProps {
  opened: boolean;
  member: Member | undefined;
  onClose: () => void;
}

/** Adds a member, or changes the name and the role of one. */
export function MemberDialogView({ opened, member, onClose }: MemberDialogProps) {
  return (
    <DialogView
      opened={opened}
      onClose={onClose}
      title={member === undefined ? 'Add a member' : 'Change a member'}
    >
      <Form key={member?.id} member={member} onClose={onClose} />
    </DialogView>
  );
}

function Form({ member, onClose }: Omit<MemberDialogProps, 'opened'>) {
  const client = useQueryClient();
  const [displayName, setName] = useState(member?.displayName ?? '');
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Role>(member?.role ?? Role.EDITOR);
  const [requestId] = useState(newRequestId);
  const save = useMutation({
    mutationFn: async () => {
      const named = { displayName: displayName.trim(), role };
      if (member === undefined) await members.createMember({ ...named, email: email.trim(), requestId });
      else
        await members.updateMember({
          member: { id: member.id, ...named },
          updateMask: { paths: ['display_name', 'role'] },
        });
    },
    onSuccess: () => {
      void refreshTeam(client);
      void client.invalidateQueries({ queryKey: SELF });
      onClose();
    },
  });
  const faults = fieldFaults(save.error);
  return (
    <DialogFormView
      save={save}
      verb={member === undefined ? 'Add' : 'Save'}
      canSave={displayName.trim() !== ''}
      refusal={formFault(save.error)}
      onClose={onClose}
    >
      <NameInputView name={displayName} onName={setName} error={faults['displayName']} maxLength={200} />
      {member === undefined && (
        <TextInput
          label="E-mail"
          description={
            'Who signs in with it at the identity provider becomes this member; leave it empty for a ' +
            'service account'
          }
          type="text"
          inputMode="email"
          value={email}
          onChange={(event) => {
            setEmail(event.currentTarget.value);
          }}
          error={faults['email']}
          autoComplete="off"
        />
      )}
      <Radio.Group
        label="Role"
        value={String(role)}
        onChange={(value) => {
          setRole(Number(value));
        }}
        error={faults['role']}
      >
        <Stack gap="xs" mt={6}>
          {MEMBER_ROLES.map((each) => (
            <Radio key={each} value={String(each)} label={roleName(each)} description={ROLE_RIGHTS[each]} />
          ))}
        </Stack>
      </Radio.Group>
    </DialogFormView>
  );
}
