import { JOB_SERVICES } from '@noema/contracts';
import type { AcceptedJob, WalkOutcome } from './small-walk.js';
import type { RunningCluster } from './running-cluster.js';

/** Faults in words; all lists must be empty. */
export interface Broken {
  /**
   * Accepted and not there, or never done; a job that ended failed is lost too, because nothing but the
   * injected faults can fail it.
   */
  readonly lost: string[];
  /** Done more than once. */
  readonly double: string[];
  /** Left half done: leases, announcements, messages. */
  readonly left: string[];
}

/** Automatic consequences of each epoch of a run: exactly one row per epoch. */
const CONSEQUENCES = [
  { what: 'epochs', table: 'training.epoch', where: '' },
  { what: 'activation sets', table: 'activations.activation_set', where: 'AND ready_time IS NOT NULL' },
  { what: 'activation sets heard by similarity', table: 'similarity.activation_set', where: '' },
  { what: 'neighbour graphs heard by projection', table: 'projection.neighbor_graph', where: '' },
  { what: 'maps', table: 'projection.exploration', where: 'AND automatic' },
];

/**
 * Looks at the databases, past the services, for what a promise says cannot be. Ask when the cluster is
 * quiet.
 */
export async function findBroken(cluster: RunningCluster, walks: readonly WalkOutcome[]): Promise<Broken> {
  return {
    lost: [
      ...(await lostJobs(
        cluster,
        walks.flatMap((w) => w.accepted),
      )),
      ...(await lostConsequences(
        cluster,
        walks.filter((w) => w.runId !== '' && w.failures.length === 0),
      )),
    ],
    double: await doneTwice(cluster),
    left: await leftBehind(cluster),
  };
}

async function lostJobs(cluster: RunningCluster, accepted: readonly AcceptedJob[]): Promise<string[]> {
  const lost: string[] = [];
  for (const service of JOB_SERVICES) {
    const ids = accepted.filter((job) => job.service === service).map((job) => job.jobId);
    const rows = await cluster.query<{
      id: string;
      state: string;
      fault: { reason?: string; message?: string } | null;
    }>(`SELECT id, state, fault FROM ${service}.job`);
    const known = new Map(rows.map((row) => [row.id, row]));
    for (const id of ids) {
      if (!known.has(id)) lost.push(`job ${id} of ${service} is missing`);
    }
    lost.push(
      ...rows
        .filter((row) => row.state === 'failed')
        .map(
          (row) =>
            `job ${row.id} of ${service} failed: ${row.fault?.reason ?? 'without a reason'}: ` +
            `${row.fault?.message ?? ''}`,
        ),
    );
    lost.push(
      ...rows
        .filter((row) => row.state === 'open' || row.state === 'cancelling')
        .map((row) => `job ${row.id} of ${service} is ${row.state} though nothing is done any more`),
    );
  }
  return lost;
}

async function lostConsequences(cluster: RunningCluster, runs: readonly WalkOutcome[]): Promise<string[]> {
  const lost: string[] = [];
  for (const { what, table, where } of CONSEQUENCES) {
    const rows = await cluster.query<{ run: string; epochs: number }>(
      `SELECT run_id::text AS run, count(DISTINCT epoch)::int AS epochs FROM ${table} WHERE true ${where}
        GROUP BY run_id`,
    );
    const seen = new Map(rows.map(({ run, epochs }) => [run, epochs]));
    lost.push(
      ...runs
        .filter(({ runId, epochs }) => seen.get(runId) !== epochs)
        .map(({ runId, epochs }) => `run ${runId} has ${seen.get(runId) ?? 0} ${what} of ${epochs}`),
    );
  }
  return lost;
}

async function doneTwice(cluster: RunningCluster): Promise<string[]> {
  const twice: string[] = [];
  const look = async (what: string, columns: string, table: string, where = 'true'): Promise<void> => {
    const rows = await cluster.query<{ of: string; n: number }>(
      `SELECT concat_ws(' ', ${columns}) AS of, count(*)::int AS n FROM ${table} WHERE ${where} GROUP BY
        ${columns} HAVING count(*) > 1`,
    );
    twice.push(...rows.map(({ of, n }) => `${what} ${of}: ${n} times`));
  };
  for (const service of JOB_SERVICES) {
    // A map that waits for another looks again and again; each look is a job that counts them.
    await look(
      `jobs of ${service} for`,
      "kind, subject_id, coalesce(payload->>'tries', '')",
      `${service}.job`,
      "kind NOT LIKE '%retry%'",
    );
    // A change of a resource is recorded once, however often it was requested with one request id; other
    // facts have a subject of their own.
    await look(
      `announcements of ${service}`,
      "event, subject, team_id, coalesce(body->>'resource', '')",
      `${service}.outbox`,
    );
  }
  // Each of these was requested with one request id under one name.
  for (const table of ['datasets.integration', 'datasets.ingestion', 'training.run'])
    await look(`${table} named`, 'project_id, display_name', table);
  for (const { what, table, where } of CONSEQUENCES)
    await look(what, 'run_id, epoch', table, `true ${where}`);
  await look('index and graph of set', 'activation_set_id', 'similarity.neighbor_graph');
  return twice;
}

async function leftBehind(cluster: RunningCluster): Promise<string[]> {
  const left: string[] = [];
  for (const service of JOB_SERVICES) {
    const [row] = await cluster.query<{
      leases: number;
      waiting: number;
    }>(`SELECT (SELECT count(*) FROM ${service}.shard WHERE state = 'running' OR lease_token IS NOT NULL AND
      state = 'queued')::int AS leases,
      (SELECT count(*) FROM ${service}.outbox WHERE published_at IS NULL)::int AS waiting`);
    if (row!.leases > 0) left.push(`${row!.leases} shards of ${service} are held by no live worker`);
    if (row!.waiting > 0) left.push(`${row!.waiting} announcements of ${service} wait in its outbox`);
  }
  return left;
}
