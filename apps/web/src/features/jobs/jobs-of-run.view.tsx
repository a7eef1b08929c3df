import { useMemo } from 'react';
import { jobIsOpen } from '../../parts/states.js';
import { JobSectionView } from './job-section.view.js';
import { useJobs } from './job.query.js';
import { JobSubjects } from './job-subjects.js';
import { useJobSubjects } from './job-subjects.query.js';

const NONE = new JobSubjects();

/** The jobs of a run, from training to its maps. */
export function JobsOfRunView({ projectId, runId }: { projectId: string; runId: string }) {
  const list = useJobs();
  const subjects = useJobSubjects(
    projectId,
    list.jobs.some(({ state }) => jobIsOpen(state)),
  );
  const named = useMemo(
    () => (subjects.data ?? NONE).named(list.jobs).filter(({ subject }) => subject.runId === runId),
    [list.jobs, subjects.data, runId],
  );
  return <JobSectionView title="Jobs" projectId={projectId} jobs={named} list={list} subjects={subjects} />;
}

/** The newest jobs of a project in all services. */
export function JobsOfProjectView({ projectId }: { projectId: string }) {
  const list = useJobs();
  const subjects = useJobSubjects(
    projectId,
    list.jobs.some(({ state }) => jobIsOpen(state)),
  );
  const named = useMemo(() => (subjects.data ?? NONE).named(list.jobs), [list.jobs, subjects.data]);
  return (
    <JobSectionView title="Recent jobs" projectId={projectId} jobs={named} list={list} subjects={subjects} />
  );
}
