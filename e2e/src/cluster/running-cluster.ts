import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  BUS_OPERATOR,
  busCredentials,
  DataDirectory,
  type PlatformState,
  type ProcessReport,
  type Secrets,
} from '@noema/standalone';
import { waitFor } from '@noema/testing';
import { RestCaller } from '../rest-caller.js';
import { RunningPlatform } from '../running-platform.js';

/** A member of one of the cluster's teams. */
export interface TeamMember {
  readonly name: string;
  readonly teamId: string;
  readonly memberId: string;
  readonly apiKey: string;
  /** Calls the gateway with the API key. */
  readonly rest: RestCaller;
}

/**
 * The cluster set-up, started by the command line: real NATS, S3 and PostgreSQL, every service and worker a
 * process.
 */
export class RunningCluster extends RunningPlatform {
  static override async up(directory: string, ...flags: readonly string[]): Promise<RunningCluster> {
    const { rest } = await RunningPlatform.up(directory, '--cluster', ...flags);
    return new RunningCluster(directory, rest);
  }

  /** The cluster that runs on a directory already. */
  static at(directory: string): RunningCluster {
    return new RunningCluster(directory, readMember(directory, 'a').rest);
  }

  /** The first member of team a, b, c. */
  team(name: string): TeamMember {
    return readMember(this.directory, name);
  }

  /** Sets how often a team may ask a minute, 0 for no limit, and waits until the gateway knows. */
  async allow(name: string, maxRequestsPerMinute: number): Promise<void> {
    const { teamId, rest } = this.team(name);
    const { status, body } = await rest.call('PATCH', `/v1/teams/${teamId}?update_mask=quota`, {
      quota: { maxRequestsPerMinute },
    });
    if (status !== 200) throw new Error(`the quota of team ${name} was not set: ${JSON.stringify(body)}`);
    const limit = async (): Promise<number> =>
      Number((await rest.raw('GET', '/v1/self')).headers.get('RateLimit-Limit') ?? 0);
    await waitFor(async () => (await limit()) === maxRequestsPerMinute, {
      intervalMs: 1_000,
      what: `the gateway to know the limit of team ${name}`,
    });
  }

  /** Every process of the cluster but PostgreSQL and the supervisor. */
  processes(): readonly ProcessReport[] {
    const { servers, services, workers } = this.state();
    return [...servers, ...services, ...workers];
  }

  /** `user:password` of the operator at the cluster's NATS. */
  busCredentials(): string {
    return busCredentials(
      JSON.parse(readFileSync(new DataDirectory(this.directory).secrets, 'utf8')) as Secrets,
      BUS_OPERATOR,
    );
  }

  /** Where JetStream keeps its files. */
  get natsFiles(): string {
    return join(this.directory, 'nats', 'jetstream');
  }

  /** Waits until every process runs and the gateway says that it is ready. */
  async whole(timeoutMs = 120_000): Promise<void> {
    const { url } = this.state();
    await waitFor(
      async () =>
        this.processes().every((p) => p.state === 'running' && p.pid > 0) &&
        (await fetch(`${url}/readyz`)).ok,
      { timeoutMs, intervalMs: 200, what: 'every process of the cluster' },
    );
  }
}

function readMember(directory: string, name: string): TeamMember {
  const places = new DataDirectory(directory);
  const read = <T>(file: string): T => JSON.parse(readFileSync(file, 'utf8')) as T;
  const {
    team_id: teamId,
    member_id: memberId,
    api_key: apiKey,
  } = read<{ team_id: string; member_id: string; api_key: string }>(
    name === 'a' ? places.credentials : places.toCredentialsPath(name),
  );
  return {
    name,
    teamId,
    memberId,
    apiKey,
    rest: new RestCaller(read<PlatformState>(places.state).url, apiKey),
  };
}
