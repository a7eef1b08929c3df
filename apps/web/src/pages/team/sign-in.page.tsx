import { Anchor, Code, List, Paper, Stack, Text, Title } from '@mantine/core';
import { nextPath } from '@noema/kernel/next-path';
import { useQuery } from '@tanstack/react-query';
import { Suspense, useEffect, useState } from 'react';
import { useLocation, useNavigate, useSearchParams } from 'react-router-dom';
import { tokens } from '../../api/clients.js';
import { sessions } from '../../api/session-client.js';
import { lazyPart } from '../../parts/lazy-part.view.js';
import { SELF } from '../../parts/self.query.js';
import { mayBeSignedIn } from '../../parts/session.js';
import { useTitle } from '../../parts/use-title.js';
import { keyOfFragment } from './fragment-key.js';
import { type Refusal, refusalOfFragment } from './refusal.js';
import { SignInFormView } from './sign-in-form.view.js';
import classes from './sign-in.module.css';
import { SignInDotsView } from './sign-in-dots.view.js';
import { useSignIn } from './sign-in.query.js';

const ProviderSignInView = lazyPart(async () => ({
  default: (await import('./provider-sign-in.view.js')).ProviderSignInView,
}));

const RefusalView = lazyPart(async () => ({
  default: (await import('./provider-sign-in.view.js')).RefusalView,
}));

/** Where people sign in; a link of the command line brings the key in its fragment and needs no typing. */
export function SignInPage() {
  useTitle('Sign in');
  const next = nextPath(useSearchParams()[0].get('next'));
  const signIn = useSignIn(next);
  useKeyOfLink(signIn.mutate);
  const refusal = useRefusal();
  const provider = useQuery({
    queryKey: ['sign-in-options'],
    queryFn: ({ signal }) => sessions.getSignInOptions({}, { signal }),
    staleTime: Infinity,
  }).data?.identityProvider;
  useGoOnWhenSignedIn(next);
  return (
    <main className={classes.page}>
      <SignInDotsView />
      <Paper className={classes.card} shadow="lg" radius="lg" withBorder p={36}>
        <Stack gap="lg">
          <div>
            <img src="/noema.svg" width={48} height={48} alt="" />
            <Title order={1} mt="md">
              Sign in to Noema
            </Title>
            <Text c="dimmed" size="sm" mt={4}>
              See your data as your model sees them.
            </Text>
          </div>
          <Suspense fallback={null}>
            {refusal !== undefined && (
              <RefusalView refusal={refusal} provider={provider?.displayName ?? 'The identity provider'} />
            )}
            {provider !== undefined && <ProviderSignInView provider={provider} next={next} />}
          </Suspense>
          <SignInFormView signIn={signIn} secondary={provider !== undefined} />
          <WhereTheKeyIs />
        </Stack>
      </Paper>
    </main>
  );
}

function WhereTheKeyIs() {
  return (
    <div className={classes.help}>
      <Text size="sm" fw={550} mb={6}>
        Where is my key?
      </Text>
      <List size="sm" spacing={6} c="dimmed">
        <List.Item>
          On this machine: <Code>noema status</Code> prints a link that signs you in; the key lies in{' '}
          <Code>credentials.json</Code> of the data directory.
        </List.Item>
        <List.Item>
          In a team: an admin makes one for you under <i>Team, API keys</i>. It is shown once.
        </List.Item>
        <List.Item>
          Programs send it as <Code>authorization: Bearer</Code>; see the{' '}
          <Anchor href="/openapi.json" size="sm" underline="always">
            API description
          </Anchor>
          .
        </List.Item>
      </List>
    </div>
  );
}

/** Takes the key out of the address first, then uses it: neither the history nor a copied link keeps it. */
function useKeyOfLink(use: (apiKey: string) => void): void {
  const { hash } = useLocation();
  useEffect(() => {
    const apiKey = keyOfFragment(window.location.hash);
    if (apiKey === undefined) return;
    window.history.replaceState(window.history.state, '', window.location.pathname + window.location.search);
    use(apiKey);
  }, [hash, use]);
}

/**
 * Why the identity provider's way ended here; it is taken out of the address, so that it is not repeated
 * later.
 */
function useRefusal(): Refusal | undefined {
  const [refusal, setRefusal] = useState(() => refusalOfFragment(window.location.hash));
  const { hash } = useLocation();
  useEffect(() => {
    const found = refusalOfFragment(window.location.hash);
    if (found === undefined) return;
    window.history.replaceState(window.history.state, '', window.location.pathname + window.location.search);
    setRefusal(found);
  }, [hash]);
  return refusal;
}

/** Whoever is signed in already need not do it again, unless a link brings another key. */
function useGoOnWhenSignedIn(next: string): void {
  const navigate = useNavigate();
  const self = useQuery({
    queryKey: [...SELF, 'sign-in'],
    queryFn: ({ signal }) => tokens.getSelf({}, { signal }),
    retry: false,
    staleTime: 0,
    gcTime: 0,
    enabled: mayBeSignedIn() && keyOfFragment(window.location.hash) === undefined,
  });
  useEffect(() => {
    if (self.data !== undefined) void navigate(next, { replace: true });
  }, [self.data, next, navigate]);
}
