import type { Job } from '@noema/contracts/noema/jobs/v1/job';

/** The resource that a job makes or changes: its name, run and epoch. */
export interface JobSubject {
  readonly label: string;
  readonly runId?: string;
  readonly epoch?: number;
}

/** A job with what it is about. */
export interface NamedJob {
  readonly job: Job;
  readonly subject: JobSubject;
}

/** Resources by the id that jobs know them by: their own, or that of their job. */
export class JobSubjects {
  private readonly subjects = new Map<string, JobSubject>();

  /** Adds a resource under its ids; empty ids are left out. */
  add(ids: readonly string[], subject: JobSubject): void {
    for (const id of ids) if (id !== '') this.subjects.set(id, subject);
  }

  /** The jobs that are about one of the resources, in their order. */
  named(jobs: readonly Job[]): NamedJob[] {
    return jobs.flatMap((job) => {
      const subject = this.subjects.get(job.subjectId) ?? this.subjects.get(job.id);
      return subject === undefined ? [] : [{ job, subject }];
    });
  }
}
