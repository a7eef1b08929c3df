import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { waitFor, type WaitOptions } from './wait-for.js';

/** Whatever a job computes: a job, run, set, map or analysis, by gRPC (numbers) or by REST (names). */
export interface Endable {
  readonly state: number | string;
}

const ENDED_NAME = /_STATE_(CANCELLED|STOPPED|SUCCEEDED|FAILED)$/;

/** True in a final state. The states of jobs and of runs have the same numbers. */
export const hasEnded = ({ state }: Endable): boolean =>
  typeof state === 'string' ? ENDED_NAME.test(state) : state >= Number(JobState.CANCELLED);

/**
 * Polls until the resource is in a final state and returns it. `undefined` counts as not yet ended. Throws
 * like `waitFor`, which has the options.
 */
export const untilEnded = <T extends Endable>(
  read: () => Promise<T | undefined>,
  options: WaitOptions = {},
): Promise<T> =>
  waitFor(
    async () => {
      const resource = await read();
      if (resource === undefined || !hasEnded(resource)) throw new Error(`state ${resource?.state}`);
      return resource;
    },
    { what: 'the end of the job', ...options },
  );
