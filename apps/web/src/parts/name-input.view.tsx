import { TextInput, type TextInputProps } from '@mantine/core';

interface NameInput extends Pick<TextInputProps, 'description' | 'error' | 'maxLength' | 'spellCheck'> {
  readonly name: string;
  readonly onName: (name: string) => void;
}

/** The field of a dialog for the name of something: it has the focus first, and must not be empty. */
export const NameInputView = ({ name, onName, ...shown }: NameInput) => (
  <TextInput
    label="Name"
    value={name}
    onChange={(event) => {
      onName(event.currentTarget.value);
    }}
    required
    data-autofocus
    autoComplete="off"
    {...shown}
  />
);
