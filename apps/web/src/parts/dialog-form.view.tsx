import { Button, Group, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { FaultView } from './fault.view.js';

interface DialogForm {
  /** The change that the form requests. */
  readonly save: { readonly mutate: () => void; readonly isPending: boolean };
  /** Text of the button that saves. */
  readonly verb: string;
  /** Default: true. */
  readonly canSave?: boolean;
  /** The refusal, unless a field shows it. */
  readonly refusal: Error | null;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** The form of a dialog: its fields, the reason of a refusal, and the buttons that cancel and save. */
export function DialogFormView({ save, verb, canSave = true, refusal, onClose, children }: DialogForm) {
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <Stack gap="md">
        {children}
        {refusal !== null && <FaultView error={refusal} />}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={save.isPending} disabled={!canSave}>
            {verb}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
