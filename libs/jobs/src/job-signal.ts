import type { AnyDatabase } from '@noema/postgres';

/** Notification to the processes of a service: there is work; a job changed; the work of a job must stop. */
export type JobSignal = 'queued' | 'changed' | 'stop';

export const jobChannel = (schema: string): string => `noema_jobs_${schema}`;

export const signal = (db: AnyDatabase, what: JobSignal, jobId: string): void => {
  db.notify(jobChannel(db.schema), `${what}:${jobId}`);
};

export function parseSignal(payload: string): { readonly what: string; readonly jobId: string } {
  const [what = '', jobId = ''] = payload.split(':');
  return { what, jobId };
}
