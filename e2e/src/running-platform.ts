import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PlatformState, ProcessReport } from '@noema/standalone';
import { waitFor } from '@noema/testing';
import pg from 'pg';
import { noema, noemaJson } from './command-line.js';
import { RestCaller } from './rest-caller.js';

export interface JobSeen {
  readonly state: string;
  readonly shards: { readonly running?: number; readonly done?: number };
}

export interface ShardRow {
  readonly job_id: string;
  readonly stage: number;
  readonly index: number;
  readonly state: string;
  readonly attempt: number;
}

/** A platform that was started by the command line, to be looked into and hurt. */
export class RunningPlatform {
  protected constructor(
    readonly directory: string,
    readonly rest: RestCaller,
  ) {}

  static async up(directory: string, ...flags: readonly string[]): Promise<RunningPlatform> {
    const { url } = await noemaJson<{ url: string }>(directory, 'up', '--port', '0', ...flags);
    return RunningPlatform.at(directory, url);
  }

  /** One that was started by somebody else. */
  static at(directory: string, url: string): RunningPlatform {
    const { api_key: key } = JSON.parse(readFileSync(join(directory, 'credentials.json'), 'utf8')) as {
      api_key: string;
    };
    return new RunningPlatform(directory, new RestCaller(url, key));
  }

  state(): PlatformState {
    return JSON.parse(readFileSync(join(this.directory, 'platform.json'), 'utf8')) as PlatformState;
  }

  process(name: string): ProcessReport {
    const { servers, services, workers } = this.state();
    const found = [...servers, ...services, ...workers].find((p) => p.name === name);
    if (found === undefined) throw new Error(`there is no process ${name}`);
    return found;
  }

  /** SIGKILLs a process and waits until the supervisor has started another. */
  async kill(name: string): Promise<void> {
    const { pid } = this.process(name);
    process.kill(pid, 'SIGKILL');
    await waitFor(() => this.process(name).pid !== pid && this.process(name).state === 'running', {
      what: `a new ${name}`,
    });
  }

  async jobs(service: string): Promise<readonly JobSeen[]> {
    return ((await this.rest.get(`/v1/${service}/jobs`)).body['jobs'] ?? []) as JobSeen[];
  }

  /** All shards of a service, past its API. */
  shards(service: string): Promise<readonly ShardRow[]> {
    return this.query<ShardRow & pg.QueryResultRow>(
      `SELECT job_id, stage, index, state, attempt FROM ${service}.shard`,
    );
  }

  /** Asks the database as its superuser, past every service. */
  async query<Row extends pg.QueryResultRow>(text: string): Promise<Row[]> {
    const { postgresPassword } = JSON.parse(readFileSync(join(this.directory, 'secrets.json'), 'utf8')) as {
      postgresPassword: string;
    };
    const client = new pg.Client({
      connectionString: `postgres://postgres:${postgresPassword}@127.0.0.1:${this.state().postgres.port}/noema`,
      connectionTimeoutMillis: 10_000,
      query_timeout: 30_000,
    });
    await client.connect();
    try {
      return (await client.query<Row>(text)).rows;
    } finally {
      await client.end();
    }
  }

  async down(): Promise<void> {
    await noema(this.directory, 'down');
  }
}
