import { type Page, type Port, uuidv7 } from '@noema/kernel';
import type { ApiKey } from '../src/api-key/api-key.js';
import type { ApiKeyRepository } from '../src/api-key/api-key.repository.js';
import type { AuditEntry } from '../src/audit/audit.js';
import type { AuditRepository } from '../src/audit/audit.repository.js';
import type { Identity } from '../src/identity/identity.js';
import type { IdentityRepository } from '../src/identity/identity.repository.js';
import { emailTaken } from '../src/member/member.errors.js';
import { type Member, type MemberRole, newMember } from '../src/member/member.js';
import type { MemberRepository } from '../src/member/member.repository.js';
import type { Project } from '../src/project/project.js';
import type { ProjectRepository } from '../src/project/project.repository.js';
import type { SessionRepository } from '../src/session/session.repository.js';
import { type Team, UNLIMITED } from '../src/team/team.js';
import type { TeamRepository } from '../src/team/team.repository.js';

/** The team whose rows the fakes store; no query of a list is evaluated. */
export const TEAM = uuidv7();
export const query = { pageSize: 0, pageToken: '', filter: '', orderBy: '' };

export const memoryTeam = (change: Partial<Team> = {}): Team => ({
  id: TEAM,
  displayName: 'Digits',
  quota: UNLIMITED,
  createTime: new Date(0),
  updateTime: new Date(0),
  ...change,
});

export const memoryMember = (role: MemberRole, email = ''): Member =>
  newMember({ displayName: role, email, role }, new Date(0));

const toPage = <T>(items: Iterable<T>): Promise<Page<T>> =>
  Promise.resolve({ items: [...items], nextPageToken: '' });

function memoryRows<T extends { readonly id: string }>(rows: readonly T[]) {
  const stored = new Map(rows.map((row) => [row.id, row]));
  return {
    stored,
    find: (id: string) => Promise.resolve(stored.get(id)),
    list: () => toPage(stored.values()),
    insert: (row: T) => Promise.resolve(void stored.set(row.id, row)),
    update: (row: T) => Promise.resolve(void stored.set(row.id, row)),
    delete: (id: string) => Promise.resolve(void stored.delete(id)),
  };
}

export function memoryTeams(...teams: readonly Team[]): Port<TeamRepository> & { stored: Map<string, Team> } {
  const rows = memoryRows(teams);
  return {
    ...rows,
    lock: rows.find,
    listAll: () => Promise.resolve([...rows.stored.values()]),
    insert: async (team) => !rows.stored.has(team.id) && (await rows.insert(team), true),
  };
}

export function memoryMembers(...members: readonly Member[]): Port<MemberRepository> {
  const rows = memoryRows(members);
  const requireEmail = ({ id, email }: Member): void => {
    if ([...rows.stored.values()].some((each) => each.id !== id && email !== '' && each.email === email))
      throw emailTaken(email);
  };
  return {
    ...rows,
    admins: () => Promise.resolve([...rows.stored.values()].filter(({ role }) => role === 'admin')),
    insert: async (member) => {
      requireEmail(member);
      await rows.insert(member);
    },
    update: async (member) => {
      requireEmail(member);
      await rows.update(member);
    },
  };
}

export function memoryApiKeys(...keys: readonly ApiKey[]): Port<ApiKeyRepository> {
  const { stored, ...rows } = memoryRows(keys);
  const byPrefix = (prefix: string) => [...stored.values()].find((key) => key.prefix === prefix);
  const change = (id: string, fields: (key: ApiKey) => Partial<ApiKey>): ApiKey | undefined => {
    const key = stored.get(id);
    if (key === undefined) return undefined;
    stored.set(id, { ...key, ...fields(key) });
    return stored.get(id);
  };
  return {
    ...rows,
    findByPrefix: (prefix) => Promise.resolve(byPrefix(prefix)),
    findTeam: (prefix) => Promise.resolve(byPrefix(prefix) && TEAM),
    markUsed: (id, at) => Promise.resolve(void change(id, () => ({ lastUseTime: at }))),
    revoke: (id, at) => Promise.resolve(change(id, ({ revokeTime = at }) => ({ revokeTime }))),
  };
}

export function memoryProjects(...projects: readonly Project[]): Port<ProjectRepository> {
  const { stored, ...rows } = memoryRows(projects);
  return { ...rows, count: () => Promise.resolve(stored.size) };
}

/** Who is which member, of one team. */
export function memoryIdentities(
  members: readonly Member[],
): Port<IdentityRepository> & { bound: Map<string, string> } {
  const bound = new Map<string, string>();
  const key = ({ issuer, subject }: Identity): string => `${issuer} ${subject}`;
  const findInvited = (email: string): Member | undefined =>
    members.find((each) => each.email === email && ![...bound.values()].includes(each.id));
  return {
    bound,
    findMember: (identity) => Promise.resolve(members.find(({ id }) => id === bound.get(key(identity)))),
    findInvited: (email) => Promise.resolve(findInvited(email)),
    bind: (memberId, identity) => {
      if (bound.has(key(identity))) return Promise.resolve(false);
      bound.set(key(identity), memberId);
      return Promise.resolve(true);
    },
    release: (memberId) => {
      for (const [identity, id] of bound) if (id === memberId) bound.delete(identity);
      return Promise.resolve();
    },
    findTeams: (identity, email) =>
      Promise.resolve(
        bound.has(key(identity)) || (email !== '' && findInvited(email) !== undefined) ? [TEAM] : [],
      ),
  };
}

export function memorySessions(): Port<SessionRepository> & { ended: Map<string, Date> } {
  const ended = new Map<string, Date>();
  return {
    ended,
    has: (id) => Promise.resolve(ended.has(id)),
    insert: (id, endedAt, forgetBefore) => {
      for (const [other, at] of ended) if (at < forgetBefore) ended.delete(other);
      if (!ended.has(id)) ended.set(id, endedAt);
      return Promise.resolve();
    },
  };
}

/** Notes `<action> <resource>` of every change. */
export function memoryAudit(): Port<AuditRepository> & {
  changes: string[];
  details: Readonly<Record<string, string>>[];
} {
  const [changes, details]: [string[], Readonly<Record<string, string>>[]] = [[], []];
  const entries = new Map<string, AuditEntry>();
  return {
    changes,
    details,
    record: (actor, action, resource, of = {}) => {
      changes.push(`${actor.subject} ${action.split('/')[1]} ${resource.split('/')[0]}`);
      details.push(of);
      return Promise.resolve();
    },
    append: (entry) => {
      if (!entries.has(entry.id)) entries.set(entry.id, entry);
      return Promise.resolve();
    },
    list: () => toPage(entries.values()),
  };
}
