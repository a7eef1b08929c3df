import { Button, FileButton, Stack, Text } from '@mantine/core';
import { IconFileUpload } from '@tabler/icons-react';
import { DropAreaView } from '../../parts/drop-area.view.js';
import { bytes } from '../../parts/numbers.js';

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
  return (
    <DropAreaView
      label="File"
      disabled={disabled}
      onDrop={({ files: [dropped] }) => {
        if (dropped !== undefined) onFile(dropped);
      }}
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
    </DropAreaView>
  );
}
