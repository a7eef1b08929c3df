import { Alert, Button, PasswordInput, Stack } from '@mantine/core';
import { IconAlertTriangle, IconPlugConnectedX } from '@tabler/icons-react';
import { useState } from 'react';
import { toFault } from '../../api/query-client.js';
import type { SignIn } from './sign-in.query.js';

/**
 * The field for the key; what is wrong with the key stands below it, what is wrong with Noema above the
 * button; `secondary` where another way to sign in stands first.
 */
export function SignInFormView({ signIn, secondary }: { signIn: SignIn; secondary: boolean }) {
  const [typed, setTyped] = useState<string>();
  // The key of a link stands in the field when it did not get in, so that it can be tried again.
  const apiKey = typed ?? signIn.variables ?? '';
  const fault = signIn.error === null ? undefined : toFault(signIn.error);
  const ofTheKey = fault?.kind === 'unauthenticated' || fault?.kind === 'invalid';
  const away = fault?.kind === 'unavailable' || fault?.kind === 'timeout';
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        signIn.mutate(apiKey.trim());
      }}
    >
      <Stack gap="md">
        <PasswordInput
          label="API key"
          placeholder="noema_…"
          value={apiKey}
          size="md"
          autoFocus
          autoComplete="current-password"
          spellCheck={false}
          required
          withAsterisk={false}
          visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the key', tabIndex: 0 }}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            signIn.reset();
          }}
          error={ofTheKey ? formatReason(fault.reason, fault.message) : undefined}
        />
        {fault !== undefined && !ofTheKey && (
          <Alert
            color={away ? 'yellow' : 'red'}
            icon={away ? <IconPlugConnectedX /> : <IconAlertTriangle />}
            title={away ? 'Noema does not answer' : 'Not signed in'}
            role="alert"
          >
            {away ? 'Check that it runs, then try again; your key was not judged.' : fault.message}
          </Alert>
        )}
        <Button type="submit" size="md" variant={secondary ? 'default' : 'filled'} loading={signIn.isPending}>
          Sign in
        </Button>
      </Stack>
    </form>
  );
}

const formatReason = (reason: string, message: string): string =>
  reason === 'API_KEY_INVALID'
    ? 'This key is unknown, revoked or expired. Check that all of it was copied, or ask an admin of your ' +
      'team for a new one.'
    : message;
