import { Button, Skeleton, Stack } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { Suspense, useEffect, useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router-dom';
import { lazyPart } from '../../parts/lazy-part.view.js';
import { links } from '../../parts/address/links.js';
import { useTitle } from '../../parts/use-title.js';
import { ActionView } from '../../parts/action.view.js';
import { PageHeadView } from '../../parts/page-head.view.js';
import { PageView } from '../../parts/page.view.js';
import { LoadingView, QueryView } from '../../parts/query.view.js';
import { useRights } from '../../parts/role.query.js';
import type { DroppedFiles } from '../../features/new-data/dropped-files.js';
import { useDropOnPage } from '../../features/new-data/use-drop-on-page.js';
import { useWorstInsights } from '../../features/insights/worst-insights.query.js';
import { NewRunView } from '../../features/new-run/new-run.view.js';
import { RunsSectionView } from './runs-section.view.js';
import { useRuns } from '../../features/runs/run.query.js';
import { useDatasetVersions, useProject } from '../../features/project/project.query.js';
import { ProjectMenuView } from './project-menu.view.js';

// Requested together with the page, so that the failures do not wait for the project first.
const NewestResultsView = lazyPart(async () => ({
  default: (await import('./newest-results.view.js')).NewestResultsView,
}));
const ProjectTabsView = lazyPart(async () => ({
  default: (await import('./project-tabs.view.js')).ProjectTabsView,
}));
const resultsCode = NewestResultsView.preload();
void ProjectTabsView.preload();
const StartView = lazyPart(async () => ({ default: (await import('./start.view.js')).StartView }));

const DIALOG_OPEN = 'Data or a model are being added: close that dialog, then drop these files again.';
/** Lines of the sketch of the page while it loads. */
const SKETCH_LINES = 8;

/** One project: its runs, data, models and jobs. */
export function ProjectPage() {
  const { projectId = '' } = useParams();
  const query = useProject(projectId);
  const { noEdit } = useRights();
  const navigate = useNavigate();
  // With results, the way to the map comes first.
  const runs = useRuns(projectId);
  const newest = runs.data?.find(({ epochsDone }) => epochsDone > 0);
  const hasResults = newest !== undefined;
  const insights = useWorstInsights(projectId, newest?.id);
  // Without data there is nothing to run on; the way starts with them.
  const hasData = (useDatasetVersions(projectId).data?.length ?? 0) > 0;
  const [starting, setStarting] = useState(false);
  const [isAdding, setAdding] = useState(false);
  const [dropped, setDropped] = useState<DroppedFiles>();
  // Here, so that nothing is lost that is dropped while the dialogs for it are loaded.
  useDropOnPage(noEdit ?? (isAdding || dropped !== undefined ? DIALOG_OPEN : undefined), (files) => {
    setDropped(files);
    setAdding(true);
  });
  const [shownId, setShownId] = useState<string>();
  const [hasCode, setHasCode] = useState(false);
  useEffect(() => {
    void resultsCode.then(() => {
      setHasCode(true);
    });
  }, []);
  const project = query.data?.project;
  useTitle(project?.displayName);
  if (project === undefined)
    return (
      <PageView>
        <QueryView query={query} lines={SKETCH_LINES}>
          {() => null}
        </QueryView>
      </PageView>
    );
  // Without its results, their code and their insights the page would move what is below them when they come. A
  // service of insights that does not answer is not waited for, and an open page does not wait for the insights of a
  // newer run.
  const areInsightsComing = insights.isLoading && insights.failureCount === 0;
  if (shownId !== projectId && hasCode && !runs.isPending && !areInsightsComing) setShownId(projectId);
  if (shownId !== projectId)
    return (
      <PageView>
        <LoadingView lines={SKETCH_LINES} />
      </PageView>
    );
  const start = (): void => {
    setStarting(true);
  };
  return (
    <PageView>
      <Stack gap="md">
        <PageHeadView
          title={project.displayName}
          actions={
            <>
              <ActionView
                variant={hasResults || !hasData ? 'default' : 'filled'}
                leftSection={<IconPlayerPlay size={16} />}
                off={noEdit}
                onClick={start}
              >
                New run
              </ActionView>
              {hasResults && (
                <>
                  <Button component={Link} to={links.insights(projectId)} variant="default">
                    Insights
                  </Button>
                  <Button component={Link} to={links.dashboards(projectId)} variant="default">
                    Dashboards
                  </Button>
                </>
              )}
              <ProjectMenuView
                project={project}
                variant="default"
                onDeleted={() => {
                  void navigate(links.projects());
                }}
              />
            </>
          }
        >
          {project.description === '' ? undefined : project.description}
        </PageHeadView>
        <Suspense>
          <StartView
            projectId={projectId}
            isAdding={isAdding}
            setAdding={setAdding}
            dropped={dropped}
            setDropped={setDropped}
            startRun={start}
          />
        </Suspense>
        <Suspense>
          <NewestResultsView projectId={projectId} />
        </Suspense>
        <RunsSectionView
          projectId={projectId}
          start={
            noEdit === undefined ? (
              <Button variant="light" size="xs" onClick={start}>
                Start a run
              </Button>
            ) : undefined
          }
        />
        <Suspense fallback={<Skeleton h={220} aria-busy="true" />}>
          <ProjectTabsView
            projectId={projectId}
            addData={() => {
              setAdding(true);
            }}
          />
        </Suspense>
      </Stack>
      <NewRunView
        projectId={projectId}
        opened={starting}
        onClose={() => {
          setStarting(false);
        }}
      />
    </PageView>
  );
}
