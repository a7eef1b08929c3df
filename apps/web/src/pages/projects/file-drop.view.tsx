import { Button, FileButton, Stack, Text } from '@mantine/core';
import { IconFileUpload } from '@tabler/icons-react';
import { type DragEvent, useState } from 'react';
import { bytes } from '../../parts/numbers.js';
import styles from './file-drop.module.css';

interface FileDrop {
  file: File | undefined;
  onFile: (file: File) => void;
  accept: string;
  hint: string;
  error: string | undefined;
  disabled: boolean;
}

/** Takes one file, dropped here or chosen. */
export function FileDropView({ file, onFile, accept, hint, error, disabled }: FileDrop) {
  const [over, setOver] = useState(false);
  const take = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    const [dropped] = event.dataTransfer.files;
    if (dropped !== undefined && !disabled) onFile(dropped);
  };
  return (
    <div
      className={styles['drop']}
      data-over={over}
      role="group"
      aria-label="File"
      onDragOver={(event) => {
        event.preventDefault();
        setOver(!disabled);
      }}
      onDragLeave={() => {
        setOver(false);
      }}
      onDrop={take}
    >
      <Stack gap={6} align="center">
        <IconFileUpload size={28} stroke={1.5} aria-hidden />
        {file === undefined ? (
          <Text size="sm" c="dimmed">
            {hint}
          </Text>
        ) : (
          <Text size="sm">
            <b>{file.name}</b> · {bytes(file.size)}
          </Text>
        )}
        <FileButton
          onChange={(chosen) => {
            if (chosen !== null) onFile(chosen);
          }}
          accept={accept}
          disabled={disabled}
        >
          {(props) => (
            <Button {...props} variant="default" size="xs" disabled={disabled}>
              {file === undefined ? 'Choose a file' : 'Choose another'}
            </Button>
          )}
        </FileButton>
        {error !== undefined && (
          <Text size="xs" c="red" role="alert">
            {error}
          </Text>
        )}
      </Stack>
    </div>
  );
}
