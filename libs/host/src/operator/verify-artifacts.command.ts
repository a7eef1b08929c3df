import { type ArtifactStore, type StoredArtifact } from '@noema/artifacts';
import { type ArtifactRef, DomainError } from '@noema/kernel';
import { type RawBuilder, sql } from 'kysely';
import { keptArtifacts } from '../artifact-sweep.js';
import type { SweepParts } from '../service-artifacts.js';
import type { Host } from '../host.js';
import type { ServiceCommand } from './service-command.js';

/** Comparison of a service's rows with the store. */
export interface ArtifactReport {
  readonly service: string;
  readonly teams: number;
  /** Number of objects that rows name. */
  named: number;
  namedBytes: number;
  /** Named objects that are not in the store: lost. */
  dangling: number;
  /** Named objects whose size, or with `--read` content, differs. */
  damaged: number;
  /** Objects in the store that no row names: just being written, or waiting for the sweeper. */
  unnamed: number;
  unnamedBytes: number;
  /** The first 100 dangling or damaged objects. */
  readonly faults: { uri: string; fault: string }[];
}

const MAX_FAULTS = 100;

export const verifyArtifacts: ServiceCommand = {
  key: 'verify-artifacts',
  doc:
    'compares the rows of the service with the store; ends with 1 when an object that a row names is ' +
    'missing or damaged',
  options: {
    read: { value: 'yes|no', doc: 'yes also reads every object and compares its hash; no without it' },
  },
  run: async ({ host, artifacts }, { read }) => {
    if (artifacts === undefined)
      throw new DomainError('precondition', 'NO_ARTIFACTS', `the service ${host.name} has no artifacts`);
    const result = await compare(host, artifacts, read === 'yes');
    return { result, sound: result.dangling + result.damaged === 0 };
  },
};

async function compare(host: Host, parts: SweepParts, reads: boolean): Promise<ArtifactReport> {
  const store = host.store();
  const stored = await listStored(store, parts.kinds);
  const teams = new Set([...(await listTeams(host)), ...[...stored.keys()].map((uri) => uri.split('/')[0]!)]);
  const report: ArtifactReport = {
    service: host.name,
    teams: teams.size,
    named: 0,
    namedBytes: 0,
    dangling: 0,
    damaged: 0,
    unnamed: 0,
    unnamedBytes: 0,
    faults: [],
  };
  for (const team of teams) {
    for (const ref of await listReferences(host, team, keptArtifacts(parts))) {
      const fault = await findFault(store, ref, {
        found: stored.get(ref.uri) ?? (await store.stat(ref.uri)),
        reads,
      });
      stored.delete(ref.uri);
      report.named++;
      report.namedBytes += Number(ref.sizeBytes);
      if (fault === undefined) continue;
      report[fault === 'missing' ? 'dangling' : 'damaged']++;
      if (report.faults.length < MAX_FAULTS) report.faults.push({ uri: ref.uri, fault });
    }
  }
  report.unnamed = stored.size;
  for (const { sizeBytes } of stored.values()) report.unnamedBytes += sizeBytes;
  return report;
}

async function listStored(
  store: ArtifactStore,
  kinds: readonly string[],
): Promise<Map<string, StoredArtifact>> {
  const [stored, known] = [new Map<string, StoredArtifact>(), new Set(kinds)];
  for await (const artifact of store.list(''))
    if (known.has(artifact.uri.split('/')[2] ?? '')) stored.set(artifact.uri, artifact);
  return stored;
}

/**
 * Row-level security shows the resources of one team at a time. The tables of jobs, quotas and events list
 * the teams.
 */
async function listTeams(host: Host): Promise<string[]> {
  const db = host.database();
  const { rows } = await db.runSystem(() =>
    sql<{ team_id: string }>`
    select team_id from job union select team_id from team_usage union select team_id from team_quota union
      select team_id from outbox`.execute(db.tx()),
  );
  return rows.map((row) => row.team_id);
}

async function listReferences(host: Host, team: string, kept: RawBuilder<unknown>): Promise<ArtifactRef[]> {
  const db = host.database();
  const { rows } = await db.run(team, () =>
    sql<{
      ref: ArtifactRef;
    }>`select distinct on (ref->>'uri') ref from (${kept}) named where ref->>'uri' is not null order by
      ref->>'uri'`.execute(db.tx()),
  );
  return rows.map(({ ref }) => ref);
}

async function findFault(
  store: ArtifactStore,
  ref: ArtifactRef,
  { found, reads }: { readonly found: StoredArtifact | undefined; readonly reads: boolean },
): Promise<string | undefined> {
  if (found === undefined) return 'missing';
  if (found.sizeBytes !== Number(ref.sizeBytes))
    return `${found.sizeBytes} bytes instead of ${ref.sizeBytes}`;
  if (!reads) return undefined;
  try {
    for await (const chunk of store.openRead(ref)) void chunk;
    return undefined;
  } catch (error) {
    if (error instanceof DomainError && error.kind === 'data-loss')
      return error.reason === 'ARTIFACT_MISSING' ? 'missing' : 'other content';
    throw error;
  }
}
