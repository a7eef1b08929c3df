import { Anchor, Breadcrumbs, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router-dom';
import { projects, runs } from '../api/clients.js';

/** Where one is, each step a link: project, run, and what of it. */
export function Trail() {
  const { projectId, runId, sampleId, layer, unit, '*': _rest } = useParams();
  const project = useQuery({ queryKey: ['project', projectId], queryFn: ({ signal }) => projects.getProject({ projectId: projectId! }, { signal }), enabled: projectId !== undefined });
  const run = useQuery({ queryKey: ['run', runId], queryFn: ({ signal }) => runs.getRun({ runId: runId! }, { signal }), enabled: runId !== undefined });
  if (projectId === undefined) return null;
  const step = (to: string, text: string) => <Anchor key={to} component={Link} to={to} size="sm" c="dimmed" truncate maw={220}>{text}</Anchor>;
  return (
    <Breadcrumbs separator="›" separatorMargin={6} aria-label="You are here">
      {step(`/projects/${projectId}`, project.data?.project?.displayName ?? '…')}
      {runId !== undefined && step(`/projects/${projectId}/runs/${runId}`, run.data?.run?.displayName || 'run')}
      {sampleId !== undefined && <Text size="sm">sample {sampleId}</Text>}
      {layer !== undefined && <Text size="sm">{layer} · unit {unit}</Text>}
    </Breadcrumbs>
  );
}
