import { apiKeyMatches, apiKeyPrefix, newApiKey } from '@noema/auth';
import { Outbox } from '@noema/events';
import { systemClock } from '@noema/kernel';
import type { Database } from '@noema/postgres';
import { EnvelopeSealer } from './crypto/envelope-sealer.js';
import { KeyRing } from './crypto/key-ring.js';
import { ApiKeys } from './domain/api-key.service.js';
import { AuditReader } from './domain/audit.service.js';
import { Members } from './domain/member.service.js';
import { Projects } from './domain/project.service.js';
import { Secrets } from './domain/secret.service.js';
import { Sessions } from './domain/session.service.js';
import { UNLIMITED } from './domain/team.js';
import { Teams } from './domain/team.service.js';
import { Usage } from './domain/usage.service.js';
import { OutboxWorkspaceEvents } from './events/workspace.events.js';
import { PostgresApiKeys } from './postgres/api-key.repository.js';
import { PostgresAuditLog } from './postgres/audit.log.js';
import { PostgresIdentities } from './postgres/identity.repository.js';
import { PostgresMembers } from './postgres/member.repository.js';
import { PostgresProjects } from './postgres/project.repository.js';
import type { WorkspaceSchema } from './postgres/schema.js';
import { PostgresSecrets } from './postgres/secret.repository.js';
import { PostgresEndedSessions } from './postgres/session.repository.js';
import { PostgresTeams } from './postgres/team.repository.js';
import { PostgresUsageReports } from './postgres/usage.repository.js';

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
