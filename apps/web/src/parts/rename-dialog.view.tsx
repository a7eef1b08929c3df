import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { DialogFormView } from './dialog-form.view.js';
import { NameInputView } from './name-input.view.js';
import { DialogView } from './dialog.view.js';
import { fieldFaults } from './field-faults.js';

interface Rename {
  readonly title: string;
  /** The current name. */
  readonly name: string;
  /** The rule of names, in a sentence. */
  readonly rule: string;
  readonly onClose: () => void;
  /** Saves the new name. */
  readonly act: (displayName: string) => Promise<unknown>;
}

/** Asks for another name of something; stays open with the reason when it is refused. */
export function RenameDialogView({ title, onClose, ...form }: Rename) {
  return (
    <DialogView opened onClose={onClose} title={title}>
      <Form onClose={onClose} {...form} />
    </DialogView>
  );
}

function Form({ name, rule, onClose, act }: Omit<Rename, 'title'>) {
  const [text, setText] = useState(name);
  const save = useMutation({ mutationFn: () => act(text.trim()), onSuccess: onClose });
  const { displayName } = fieldFaults(save.error);
  return (
    <DialogFormView
      save={save}
      verb="Save"
      canSave={text.trim() !== '' && text.trim() !== name}
      refusal={displayName === undefined ? save.error : null}
      onClose={onClose}
    >
      <NameInputView name={text} onName={setText} description={rule} error={displayName} maxLength={120} />
    </DialogFormView>
  );
}
