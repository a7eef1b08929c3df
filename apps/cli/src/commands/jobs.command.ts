import { Argument, Command } from 'commander';
import { JOB_SERVICES } from '@noema/contracts';
import { type Job, JobSchema, JobState } from '@noema/contracts/noema/jobs/v1/job';
import type { CommandContext } from './command-context.js';
import { printList, printOne, stateName, when } from './resource-output.js';
import { action } from './runner.js';
import { watchJob } from './watch-job.js';

const service = (optional = false): Argument =>
  new Argument(optional ? '[service]' : '<service>', 'service that does the job').choices(JOB_SERVICES);

export function jobsCommand(): Command {
  const jobs = new Command('jobs').description(
    'long-running work: queued and running jobs and their progress',
  );
  jobs
    .command('list')
    .addArgument(service(true))
    .description('list the jobs of one or all services, newest first')
    .action(
      action(async ({ terminal, connect }: CommandContext, only: string | undefined) => {
        const noema = await connect();
        const pages = await Promise.all(
          (only === undefined ? JOB_SERVICES : [only]).map((name) =>
            noema.jobs.listJobs({ service: name, pageSize: 50 }),
          ),
        );
        const rows = pages
          .flatMap((page) => page.jobs)
          .sort((a, b) => Number(b.createTime?.seconds ?? 0n) - Number(a.createTime?.seconds ?? 0n));
        printList(terminal, JobSchema, rows, [
          { heading: 'SERVICE', value: (j) => j.service },
          { heading: 'ID', value: (j) => j.id },
          { heading: 'KIND', value: (j) => j.kind },
          { heading: 'STATE', value: (j) => stateName(JobState, j.state) },
          { heading: 'PROGRESS', value: progress, align: 'right' },
          { heading: 'ATTEMPT', value: (j) => j.attempt, align: 'right' },
          { heading: 'CREATED', value: (j) => when(j.createTime) },
        ]);
      }),
    );
  jobs
    .command('watch')
    .addArgument(service())
    .argument('<id>', 'job')
    .description('show a job until it ends')
    .action(
      action(async ({ terminal, connect, signal }: CommandContext, name: string, jobId: string) => {
        show(
          terminal,
          await watchJob(await connect(), terminal, { service: name, jobId, title: name }, signal),
        );
      }),
    );
  jobs
    .command('cancel')
    .addArgument(service())
    .argument('<id>', 'job')
    .description('request that a job stops')
    .action(
      action(async ({ terminal, connect }: CommandContext, name: string, jobId: string) => {
        show(terminal, (await (await connect()).jobs.cancelJob({ service: name, jobId })).job!);
      }),
    );
  return jobs;
}

const progress = ({ progress: p }: Job): string =>
  p === undefined || Number(p.total) === 0 ? '' : `${Number(p.done)}/${Number(p.total)} ${p.unit}`;

const show = (terminal: CommandContext['terminal'], job: Job): void => {
  printOne(terminal, JobSchema, job, {
    id: job.id,
    kind: job.kind,
    state: stateName(JobState, job.state),
    progress: progress(job),
    ...(job.fault === undefined ? {} : { fault: job.fault.message }),
  });
};
