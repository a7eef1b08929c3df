import { JOB_SERVICES } from '@noema/contracts';
import type { TeamMember } from './running-cluster.js';

/** Number of calls, and of unsuccessful calls. */
export interface LoadReport {
  calls: number;
  readonly failed: string[];
}

/**
 * Asks through the gateway, one call after the other in each of some loops, every service and commands among
 * them, until it is stopped.
 */
export function load(team: TeamMember, loops: number, stop: AbortSignal): Promise<LoadReport> {
  const report: LoadReport = { calls: 0, failed: [] };
  const paths = [
    '/v1/projects',
    '/v1/self',
    ...JOB_SERVICES.map((service) => `/v1/${service}/jobs?page_size=5`),
  ];
  const loop = async (first: number): Promise<void> => {
    for (let n = first; !stop.aborted; n++) {
      const path = paths[n % paths.length]!;
      const write = n % 7 === 0;
      const answer = await (write
        ? team.rest.post('/v1/projects', { displayName: `load ${first} ${n}` })
        : team.rest.get(path)
      ).catch((error: unknown) => ({ status: 0, body: { error: String(error) } }));
      report.calls++;
      if (answer.status !== 200)
        report.failed.push(
          `${write ? 'POST /v1/projects' : path} was answered ${answer.status}: ` +
            `${JSON.stringify(answer.body).slice(0, 300)}`,
        );
    }
  };
  return Promise.all(Array.from({ length: loops }, (_, i) => loop(i * 3))).then(() => report);
}
