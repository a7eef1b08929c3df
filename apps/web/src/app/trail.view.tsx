import { Anchor, Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Fragment, type ReactNode } from 'react';
import { Link, useLocation, useParams } from 'react-router-dom';
import { datasets, projects, runs } from '../api/clients.js';
import { sampleIdOfPath } from '../parts/address/sample-path.js';
import classes from './app.module.css';
import { links } from '../parts/address/links.js';

/** One step of the way: a link, or the place where one is. */
interface Step {
  /** Kind of the resource, where its name does not show it. */
  readonly kind?: string;
  readonly text: string;
  readonly to?: string;
}

/** Where one is, each step a link: project, run, and what of it. */
export function TrailView() {
  const steps = useSteps();
  if (steps.length === 0) return null;
  return (
    <Group component="nav" gap={6} wrap="nowrap" className={classes.trail} aria-label="You are here">
      {steps.map((step, i) => (
        <Fragment key={i}>
          <span className={classes.separator} aria-hidden>
            /
          </span>
          <StepView step={step} last={i === steps.length - 1} />
        </Fragment>
      ))}
    </Group>
  );
}

function StepView({ step: { kind, text, to }, last }: { step: Step; last: boolean }): ReactNode {
  const named = (
    <>
      {kind !== undefined && kind !== text && <span className={classes.kind}>{kind} </span>}
      {text}
    </>
  );
  if (to === undefined || last)
    return (
      <Text
        size="sm"
        fw={500}
        span
        className={classes.step}
        title={text}
        aria-current={last ? 'page' : undefined}
      >
        {named}
      </Text>
    );
  return (
    <Anchor component={Link} to={to} size="sm" c="dimmed" className={classes.step} title={text}>
      {named}
    </Anchor>
  );
}

function useSteps(): Step[] {
  const { pathname } = useLocation();
  const { projectId, runId, layer, unit, datasetVersionId, modelId, jobId, testSuiteId, issueId, insightId } =
    useParams();
  const sampleId = sampleIdOfPath(pathname);
  const project = useName(
    'project',
    projectId,
    (id, signal) => projects.getProject({ projectId: id }, { signal }),
    (found) => found.project?.displayName,
  );
  const run = useName(
    'run',
    runId,
    (id, signal) => runs.getRun({ runId: id }, { signal }),
    (found) => found.run?.displayName,
  );
  const dataset = useName(
    'datasetVersion',
    datasetVersionId,
    (id, signal) => datasets.getDatasetVersion({ datasetVersionId: id }, { signal }),
    (found) => found.datasetVersion?.displayName,
  );
  const model = useName(
    'model',
    modelId,
    async (id, signal) =>
      (await import('../api/making-clients.js')).models.getModel({ modelId: id }, { signal }),
    (found) => found.model?.displayName,
  );
  if (pathname === links.team()) return [{ text: 'Team' }];
  if (projectId === undefined) return [];
  const steps: Step[] = [{ kind: 'project', text: project, to: links.project(projectId) }];
  if (datasetVersionId !== undefined)
    steps.push(dataset === '' ? { text: 'dataset' } : { kind: 'dataset', text: dataset });
  if (modelId !== undefined) steps.push({ kind: 'model', text: model });
  if (jobId !== undefined) steps.push({ text: 'job' });
  if (pathname.startsWith(links.dashboards(projectId)))
    steps.push({ text: 'dashboards', to: links.dashboards(projectId) });
  if (testSuiteId !== undefined) steps.push({ text: 'tests', to: links.tests(projectId) });
  if (issueId !== undefined) steps.push({ text: 'issues', to: links.issues(projectId) });
  if (pathname.startsWith(links.insights(projectId)))
    steps.push({ text: 'insights', to: links.insights(projectId) });
  if (insightId !== undefined) steps.push({ text: 'insight' });
  if (pathname === links.runs(projectId)) steps.push({ text: 'runs' });
  if (runId !== undefined)
    steps.push({
      ...(run === '' ? { text: 'run' } : { kind: 'run', text: run }),
      to: links.run(projectId, runId),
    });
  if (pathname.endsWith('/population')) steps.push({ text: 'population' });
  if (pathname.endsWith('/evaluation')) steps.push({ text: 'evaluation' });
  if (sampleId !== undefined) steps.push({ text: `sample ${sampleId}` });
  if (layer !== undefined)
    steps.push({ kind: 'layer', text: layer }, { text: unit === 'all' ? 'units' : `unit ${unit ?? ''}` });
  return steps;
}

/** The name of a resource; the query is the one of its page, so that nothing is asked twice. */
function useName<T>(
  key: string,
  id: string | undefined,
  load: (id: string, signal: AbortSignal) => Promise<T>,
  readName: (found: T) => string | undefined,
): string {
  const { data, isError } = useQuery({
    queryKey: [key, id],
    queryFn: ({ signal }) => load(id!, signal),
    enabled: id !== undefined,
    staleTime: 60_000,
  });
  return data === undefined ? (isError ? key : '…') : (readName(data) ?? key);
}
