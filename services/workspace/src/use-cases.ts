import { apiKeyMatches, apiKeyPrefix, newApiKey } from '@noema/auth';
import { Outbox } from '@noema/events';
import { systemClock } from '@noema/kernel';
import type { Database } from '@noema/postgres';
import { EnvelopeSealer } from './crypto/envelope-sealer.js';
import { KeyRing } from './crypto/key-ring.js';
import { ApiKeys } from './api-key/api-key.service.js';
import { AuditReader } from './audit/audit.service.js';
import { Members } from './member/member.service.js';
import { Projects } from './project/project.service.js';
import { Secrets } from './secret/secret.service.js';
import { Sessions } from './session/session.service.js';
import { UNLIMITED } from './team/team.js';
import { Teams } from './team/team.service.js';
import { Usage } from './usage/usage.service.js';
import { OutboxWorkspaceEvents } from './team/workspace.events.js';
import { PostgresApiKeys } from './api-key/api-key.repository.js';
import { PostgresAuditLog } from './audit/audit.repository.js';
import { PostgresIdentities } from './identity/identity.repository.js';
import { PostgresMembers } from './member/member.repository.js';
import { PostgresProjects } from './project/project.repository.js';
import type { WorkspaceSchema } from './schema.js';
import { PostgresSecrets } from './secret/secret.repository.js';
import { PostgresEndedSessions } from './session/session.repository.js';
import { PostgresTeams } from './team/team.repository.js';
import { PostgresUsageReports } from './usage/usage.repository.js';

export interface UseCaseParts {
  readonly work: Database<WorkspaceSchema>;
  readonly secretsKey: string | undefined;
  /** Whether admins may change the quota of their team. */
  readonly adminsSetQuotas: boolean;
  /** Of a new team; 0 for no limit. */
  readonly teamRequestsPerMinute: number;
  readonly teamRunningJobs: number;
}

/** The use cases on their adapters: what the service and the operator's commands share. */
export function useCases({
  work,
  secretsKey,
  adminsSetQuotas,
  teamRequestsPerMinute,
  teamRunningJobs,
}: UseCaseParts) {
  const [teams, members, keys, projects, audit] = [
    new PostgresTeams(work),
    new PostgresMembers(work),
    new PostgresApiKeys(work),
    new PostgresProjects(work),
    new PostgresAuditLog(work),
  ];
  const events = new OutboxWorkspaceEvents(new Outbox(work));
  const identities = new PostgresIdentities(work);
  const mint = { create: newApiKey, prefixOf: apiKeyPrefix, matches: apiKeyMatches };
  const clock = systemClock;
  const sessions = new Sessions(work, new PostgresEndedSessions(work), clock);
  const apiKeys = new ApiKeys(work, keys, members, mint, audit, clock);
  return {
    teams: new Teams(work, teams, members, apiKeys, audit, clock, events, {
      adminsSetQuotas,
      quotaOfNew: {
        ...UNLIMITED,
        maxRequestsPerMinute: teamRequestsPerMinute,
        maxRunningJobs: teamRunningJobs,
      },
    }),
    members: new Members(work, members, teams, audit, clock, identities),
    apiKeys,
    projects: new Projects(work, projects, teams, audit, clock, events),
    usage: new Usage(work, teams, projects, new PostgresUsageReports(work), clock),
    secrets: new Secrets(
      work,
      new PostgresSecrets(work),
      new EnvelopeSealer(KeyRing.of(secretsKey)),
      audit,
      clock,
    ),
    audit: new AuditReader(work, audit),
    directory: teams,
    sessions,
    identityPorts: { work, directory: identities, identities, teams, audit, sessions },
    signInPorts: { work, directory: keys, keys, members, teams, mint, sessions, clock },
  };
}

export type UseCases = ReturnType<typeof useCases>;
