import { Button, Code, Group, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { DialogView } from './dialog.view.js';
import { FaultView } from './fault.view.js';

interface Confirm {
  opened: boolean;
  onClose: () => void;
  title: string;
  /** The consequences, and what stays. */
  children: ReactNode;
  /** The verb on the button. */
  verb: string;
  /** The text that has to be typed before the button works; absent for harmless actions. */
  typed?: string;
  act: () => Promise<unknown>;
}

/** Asks before something that cannot be undone; stays open with the reason when it fails. */
export function ConfirmView({ opened, onClose, title, children, verb, typed, act }: Confirm) {
  const [text, setText] = useState('');
  const close = (): void => {
    setText('');
    action.reset();
    onClose();
  };
  const action = useMutation({ mutationFn: act, onSuccess: close });
  return (
    <DialogView opened={opened} onClose={close} title={title}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          action.mutate();
        }}
      >
        <Stack gap="md">
          <Text size="sm" component="div" style={{ overflowWrap: 'anywhere' }}>
            {children}
          </Text>
          {typed !== undefined && (
            <TextInput
              label={
                <>
                  Type <Code style={{ overflowWrap: 'anywhere' }}>{typed}</Code> to confirm
                </>
              }
              value={text}
              onChange={(event) => {
                setText(event.currentTarget.value);
              }}
              data-autofocus
              autoComplete="off"
            />
          )}
          {action.error !== null && <FaultView error={action.error} />}
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={close}>
              Keep it
            </Button>
            <Button
              type="submit"
              color="red"
              loading={action.isPending}
              disabled={typed !== undefined && text.trim() !== typed.trim()}
            >
              {verb}
            </Button>
          </Group>
        </Stack>
      </form>
    </DialogView>
  );
}
