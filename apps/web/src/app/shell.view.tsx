import { useDisclosure } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { lazy, Suspense, useEffect } from 'react';
import { Outlet, ScrollRestoration, useNavigate, useNavigation } from 'react-router-dom';
import { tokens } from '../api/clients.js';
import { pageFaults, queryClient } from '../api/query-client.js';
import classes from './app.module.css';
import { AwayView } from './away.view.js';
import { links } from '../parts/address/links.js';
import { endSession, hereAsNext, mayBeSignedIn, onSessionChanged, sessionChanged } from '../parts/session.js';
import { useSelf } from '../parts/self.query.js';
import { useShortcut, useShortcutKeys } from '../parts/shortcuts/shortcuts.js';
import { TopBarView } from './top-bar.view.js';

const ShortcutsView = lazy(async () => ({ default: (await import('./shortcuts.view.js')).ShortcutsView }));

/**
 * The frame of every page behind the sign-in: who is signed in, where one is, what is open. The data of a
 * page and the signed-in user are requested at the same time.
 */
export function ShellView() {
  const navigate = useNavigate();
  const moving = useNavigation().state !== 'idle';
  const [help, { open, close }] = useDisclosure(false);
  useEffect(() => {
    pageFaults.signedOut = () => {
      if (window.location.pathname !== links.signIn()) void navigate(links.signIn({ next: hereAsNext() }));
    };
    // One request finds out whether somebody is still signed in; only then the others follow.
    return onSessionChanged(() => {
      void queryClient.cancelQueries().then(async () => {
        const isSignedIn =
          mayBeSignedIn() &&
          (await tokens.getSelf({}).then(
            () => true,
            () => false,
          ));
        if (isSignedIn) await queryClient.resetQueries();
        else pageFaults.signedOut();
      });
    });
  }, [navigate]);
  // While the session ends, no part of the page is mounted that could ask in its name.
  const leaving = useMutation({
    mutationFn: endSession,
    onSuccess: async (continueUri) => {
      await navigate(links.signIn());
      sessionChanged();
      if (continueUri !== '') window.location.assign(continueUri);
    },
  });
  const isLeaving = leaving.isPending || leaving.isSuccess;
  useShortcutKeys();
  useShortcut('?', 'Keyboard shortcuts', open, { isGlobal: true });
  useShortcut(
    'g',
    'Go to the projects',
    () => {
      void navigate(links.projects());
    },
    { isGlobal: true },
  );
  const self = useSelf({ enabled: !isLeaving });
  return (
    <>
      <a href="#main" className="skip">
        Skip to the content
      </a>
      {!isLeaving && (
        <header className={classes.header}>
          <TopBarView
            self={self.data}
            busy={moving}
            showKeys={open}
            signOut={() => {
              leaving.mutate();
            }}
            signOutError={leaving.error}
          />
        </header>
      )}
      <AwayView />
      <main id="main" tabIndex={-1} className={classes.main}>
        {!isLeaving && <Outlet />}
      </main>
      {help && (
        <Suspense>
          <ShortcutsView close={close} />
        </Suspense>
      )}
      <ScrollRestoration />
    </>
  );
}
