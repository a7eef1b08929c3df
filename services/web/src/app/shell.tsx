import { AppShell } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Outlet, useLocation, useNavigate, useNavigation } from 'react-router-dom';
import { useEffect } from 'react';
import { tokens } from '../api/clients.js';
import { pageFaults } from '../api/query-client.js';
import { QueryView } from '../parts/query.view.js';
import { TopBar } from './top-bar.js';

/** The frame of every page behind the sign-in: who is signed in, where one is, what is open. */
export function Shell() {
  const navigate = useNavigate();
  const { pathname, search } = useLocation();
  const moving = useNavigation().state !== 'idle';
  useEffect(() => {
    pageFaults.signedOut = () => { void navigate(`/sign-in?next=${encodeURIComponent(pathname + search)}`); };
  }, [navigate, pathname, search]);
  const self = useQuery({ queryKey: ['self'], queryFn: ({ signal }) => tokens.getSelf({}, { signal }), staleTime: 60_000 });
  return (
    <AppShell header={{ height: 52 }} padding={0}>
      <AppShell.Header><TopBar self={self.data} busy={moving} /></AppShell.Header>
      <AppShell.Main id="main">
        <QueryView query={self}>{() => <Outlet />}</QueryView>
      </AppShell.Main>
    </AppShell>
  );
}
