import type { AuditAction } from '@noema/contracts/noema/workspace/v1/audit_service';
import { type QueryClient, useQuery } from '@tanstack/react-query';
import { apiKeys, auditEntries, members, secrets, usage } from '../../api/team-clients.js';
import { allPages } from '../../parts/pages.js';

const PAGE = 1000;
const keys = {
  members: ['team', 'members'],
  apiKeys: ['team', 'api-keys'],
  secrets: ['team', 'secrets'],
  audit: ['team', 'audit'],
  usage: ['team', 'usage'],
} as const;

/** All members of the team, oldest first. */
export const useMembers = () =>
  useQuery({
    queryKey: keys.members,
    queryFn: ({ signal }) =>
      allPages(
        (pageToken) => members.listMembers({ pageSize: PAGE, pageToken, orderBy: 'create_time' }, { signal }),
        (page) => page.members,
      ),
  });

/** All keys of the team, newest first; only admins may ask. */
export const useApiKeys = (enabled: boolean) =>
  useQuery({
    queryKey: keys.apiKeys,
    enabled,
    queryFn: ({ signal }) =>
      allPages(
        (pageToken) => apiKeys.listApiKeys({ pageSize: PAGE, pageToken }, { signal }),
        (page) => page.apiKeys,
      ),
  });

/** The names of all secrets of the team; editors and admins may ask. */
export const useSecrets = (enabled: boolean) =>
  useQuery({
    queryKey: keys.secrets,
    enabled,
    queryFn: ({ signal }) =>
      allPages(
        (pageToken) => secrets.listSecrets({ pageSize: PAGE, pageToken, orderBy: 'name' }, { signal }),
        (page) => page.secrets,
      ),
  });

/** The usage of the team, requested at intervals while it is shown. */
export const useUsage = (teamId: string | undefined) =>
  useQuery({
    queryKey: keys.usage,
    enabled: teamId !== undefined,
    refetchInterval: 15_000,
    queryFn: ({ signal }) => usage.getTeamUsage({ teamId: teamId! }, { signal }),
  });

/** Asks again for what a change to the team may have changed, itself and the audit log with it. */
export const refreshTeam = (client: QueryClient): Promise<void> =>
  client.invalidateQueries({ queryKey: ['team'] });

const NO_ACTIONS: readonly AuditAction[] = [];

/** The changes that the audit log can have entries of; none until they are loaded. */
export const useAuditActions = (enabled: boolean): readonly AuditAction[] =>
  useQuery({
    queryKey: [...keys.audit, 'actions'],
    enabled,
    queryFn: async ({ signal }) => (await auditEntries.listAuditActions({}, { signal })).auditActions,
    staleTime: Infinity,
  }).data ?? NO_ACTIONS;

/** Key of the pages of the audit log under a filter. */
export const auditKey = (filter: string) => [...keys.audit, filter];
