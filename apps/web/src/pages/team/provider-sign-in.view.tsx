import { Alert, Button, Divider } from '@mantine/core';
import { IconAlertTriangle, IconClock, IconLogin2 } from '@tabler/icons-react';
import type { IdentityProvider } from '@noema/contracts/noema/gateway/v1/session_service';
import { type Refusal, refusalText } from './refusal.js';

/** The way to the identity provider, where there is one: it is what most people want, so it stands first. */
export function ProviderSignInView({ provider, next }: { provider: IdentityProvider; next: string }) {
  return (
    <>
      <Button
        component="a"
        href={`${provider.signInPath}?${new URLSearchParams({ next }).toString()}`}
        size="md"
        leftSection={<IconLogin2 size={18} />}
      >
        Sign in with {provider.displayName}
      </Button>
      <Divider label="or with an API key" labelPosition="center" />
    </>
  );
}

/** Why the way over the identity provider ended here. */
export function RefusalView({ refusal, provider }: { refusal: Refusal; provider: string }) {
  const { title, text, passes } = refusalText(refusal, provider);
  return (
    <Alert
      color={passes ? 'blue' : 'red'}
      icon={passes ? <IconClock /> : <IconAlertTriangle />}
      title={title}
      role="alert"
    >
      {text}
    </Alert>
  );
}
