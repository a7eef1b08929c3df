import { createBrowserRouter, type LoaderFunctionArgs, Navigate } from 'react-router-dom';
import { links } from '../parts/address/links.js';
import { hereAsNext, mayBeSignedIn } from '../parts/session.js';
import { NotFoundView } from './not-found.view.js';
import { OpeningView } from './opening.view.js';
import { RouteFaultView } from './route-fault.view.js';
import { ShellView } from './shell.view.js';

/** Begins to load the dots of a population while its page is loaded, and waits for nothing. */
function preloadDots({ params: { projectId = '', runId = '' }, request }: LoaderFunctionArgs): null {
  void import('../pages/population/population-preload.js')
    .then(({ preloadPopulation }) => preloadPopulation(projectId, runId, new URL(request.url).search))
    .catch(() => undefined);
  return null;
}

// Whoever is signed out begins at the sign-in, and nothing is requested that would be refused.
if (!mayBeSignedIn() && window.location.pathname !== links.signIn())
  window.history.replaceState(null, '', links.signIn({ next: hereAsNext() }));

/** Every address of the page; what an address shows is loaded when it is first opened. */
export const router = createBrowserRouter([
  {
    path: '/sign-in',
    errorElement: <RouteFaultView />,
    HydrateFallback: OpeningView,
    lazy: async () => ({ Component: (await import('../pages/team/sign-in.page.js')).SignInPage }),
  },
  {
    path: '/choose-team',
    errorElement: <RouteFaultView />,
    HydrateFallback: OpeningView,
    lazy: async () => ({ Component: (await import('../pages/team/choose-team.page.js')).ChooseTeamPage }),
  },
  {
    path: '/',
    element: <ShellView />,
    errorElement: <RouteFaultView />,
    HydrateFallback: OpeningView,
    children: [
      { index: true, element: <Navigate to="/projects" replace /> },
      {
        errorElement: <RouteFaultView />,
        children: [
          {
            path: 'projects',
            lazy: async () => ({
              Component: (await import('../pages/projects/projects.page.js')).ProjectsPage,
            }),
          },
          {
            path: 'projects/:projectId',
            lazy: async () => ({
              Component: (await import('../pages/projects/project.page.js')).ProjectPage,
            }),
          },
          {
            path: 'projects/:projectId/datasets/:datasetVersionId',
            lazy: async () => ({
              Component: (await import('../pages/projects/dataset.page.js')).DatasetPage,
            }),
          },
          {
            path: 'projects/:projectId/models/:modelId',
            lazy: async () => ({ Component: (await import('../pages/projects/model.page.js')).ModelPage }),
          },
          {
            path: 'projects/:projectId/jobs/:service/:jobId',
            lazy: async () => ({ Component: (await import('../pages/projects/job.page.js')).JobPage }),
          },
          {
            path: 'projects/:projectId/dashboards',
            lazy: async () => ({
              Component: (await import('../pages/dashboards/dashboard-list.page.js')).DashboardListPage,
            }),
          },
          {
            path: 'projects/:projectId/dashboards/:dashboardId',
            lazy: async () => ({
              Component: (await import('../pages/dashboards/dashboard.page.js')).DashboardPage,
            }),
          },
          {
            path: 'projects/:projectId/tests/:testSuiteId',
            lazy: async () => ({ Component: (await import('../pages/quality/suite.page.js')).SuitePage }),
          },
          {
            path: 'projects/:projectId/insights/:insightId?',
            lazy: async () => ({
              Component: (await import('../pages/insights/insights.page.js')).InsightsPage,
            }),
          },
          {
            path: 'projects/:projectId/issues/:issueId',
            lazy: async () => ({ Component: (await import('../pages/issues/issue.page.js')).IssuePage }),
          },
          {
            path: 'projects/:projectId/runs',
            lazy: async () => ({
              Component: (await import('../pages/runs/list/run-list.page.js')).RunListPage,
            }),
          },
          {
            path: 'projects/:projectId/runs/:runId',
            lazy: async () => ({ Component: (await import('../pages/runs/run.page.js')).RunPage }),
          },
          {
            path: 'projects/:projectId/runs/:runId/population',
            lazy: async () => ({
              Component: (await import('../pages/population/population.page.js')).PopulationPage,
            }),
            loader: preloadDots,
            shouldRevalidate: () => false,
          },
          {
            path: 'projects/:projectId/runs/:runId/evaluation',
            lazy: async () => ({
              Component: (await import('../pages/evaluation/evaluation.page.js')).EvaluationPage,
            }),
          },
          {
            path: 'projects/:projectId/runs/:runId/samples/:split/:sampleId',
            lazy: async () => ({ Component: (await import('../pages/sample/sample.page.js')).SamplePage }),
          },
          {
            path: 'projects/:projectId/runs/:runId/layers/:layer/units/:unit',
            lazy: async () => ({ Component: (await import('../pages/unit/unit.page.js')).UnitPage }),
          },
          {
            path: 'team',
            lazy: async () => ({ Component: (await import('../pages/team/team.page.js')).TeamPage }),
          },
          { path: '*', element: <NotFoundView /> },
        ],
      },
    ],
  },
]);
