import { Button, Skeleton, Stack, Text } from '@mantine/core';
import { IconStack2 } from '@tabler/icons-react';
import type { UseQueryResult } from '@tanstack/react-query';
import { useState } from 'react';
import { EmptyView } from '../../parts/empty.view.js';
import { FaultView } from '../../parts/fault.view.js';
import { toFault } from '../../api/query-client.js';
import { count } from '../../parts/numbers.js';
import { SectionView } from '../../parts/section.view.js';
import { jobIsOpen } from '../../parts/states.js';
import type { JobList } from './job.query.js';
import type { NamedJob } from './job-subjects.js';
import { JobTableView } from './job-table.view.js';

/** Jobs that are shown at first. */
const FIRST = 8;

interface JobSection {
  title: string;
  projectId: string;
  jobs: readonly NamedJob[];
  list: JobList;
  subjects: UseQueryResult<unknown>;
}

/** A section with jobs; says which services did not answer. */
export function JobSectionView({ title, projectId, jobs, list, subjects }: JobSection) {
  const [all, setAll] = useState(false);
  const open = jobs.filter(({ job }) => jobIsOpen(job.state)).length;
  const loading = list.loading || subjects.isPending;
  return (
    <SectionView title={title} flush note={open > 0 ? `${open} at work` : undefined}>
      {subjects.error !== null && subjects.data === undefined && (
        <FaultView
          error={subjects.error}
          retry={() => {
            void subjects.refetch();
          }}
        />
      )}
      {list.faults.map(({ service, error }) => (
        <Text key={service} size="xs" c="red" px="md">
          Jobs of {service} are not shown: {toFault(error).message}
        </Text>
      ))}
      {jobs.length > 0 && (
        <JobTableView projectId={projectId} jobs={all ? jobs : jobs.slice(0, FIRST)} tall={all} />
      )}
      {jobs.length === 0 && loading && (
        <Stack px="md" pb="md" gap="xs" aria-busy="true">
          {[90, 72, 84].map((width) => (
            <Skeleton key={width} h={18} w={`${width}%`} />
          ))}
        </Stack>
      )}
      {jobs.length === 0 && !loading && list.faults.length === 0 && subjects.error === null && (
        <EmptyView icon={<IconStack2 />} title="No jobs yet">
          Ingesting data, training, maps and explanations appear here while they work.
        </EmptyView>
      )}
      {!all && jobs.length > FIRST && (
        <Button
          variant="subtle"
          size="xs"
          m="xs"
          onClick={() => {
            setAll(true);
          }}
        >
          Show all {count(jobs.length)} jobs
        </Button>
      )}
    </SectionView>
  );
}
