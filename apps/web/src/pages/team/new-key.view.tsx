import { Alert, Button, CopyButton, Group, Stack, TextInput } from '@mantine/core';
import { IconCheck, IconCopy, IconEyeOff } from '@tabler/icons-react';
import { links } from '../../parts/address/links.js';

/** Shows a new key, and the link that signs a person in with it; neither can be shown again. */
export function NewKeyView({ secret, onDone }: { secret: string; onDone: () => void }) {
  const link = `${window.location.origin}${links.signIn()}#key=${encodeURIComponent(secret)}`;
  return (
    <Stack gap="md">
      <Alert color="yellow" icon={<IconEyeOff />}>
        This key is shown once: Noema stores only a hash of it and cannot show it again. Keep it secret.
      </Alert>
      <Copied label="API key" description="For programs, as authorization: Bearer" value={secret} />
      <Copied label="Sign-in link" description="For a person: opens the page, signed in" value={link} />
      <Group justify="flex-end">
        <Button onClick={onDone}>I have copied it</Button>
      </Group>
    </Stack>
  );
}

/** A text to be copied; where the browser gives no clipboard, without TLS, it can be marked by hand. */
function Copied({ label, description, value }: { label: string; description: string; value: string }) {
  return (
    <Group align="flex-end" gap="xs" wrap="nowrap">
      <TextInput
        label={label}
        description={description}
        value={value}
        readOnly
        flex={1}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12 } }}
        onFocus={(event) => {
          event.currentTarget.select();
        }}
      />
      <CopyButton value={value}>
        {({ copied, copy }) => (
          <Button
            variant="default"
            w={104}
            leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
            onClick={copy}
            aria-live="polite"
            aria-label={`Copy: ${label}`}
          >
            {copied ? 'Copied' : 'Copy'}
          </Button>
        )}
      </CopyButton>
    </Group>
  );
}
