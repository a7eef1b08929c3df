import { useQuery } from '@tanstack/react-query';
import { datasets, explorations, runs } from '../../api/clients.js';
import { analyses, sanityChecks, similarityAnalyses } from '../../api/explaining-clients.js';
import { models } from '../../api/making-clients.js';
import { activationSets } from '../../api/work-clients.js';
import { JobSubjects } from './job-subjects.js';

/** Newest resources of each kind that are looked through. */
const pageSize = 500;

interface OfRun {
  readonly id: string;
  readonly jobId: string;
  readonly runId: string;
  readonly epoch: number;
}

/**
 * The subjects of the jobs of a project. A kind of resource that cannot be listed takes only its own jobs
 * away.
 */
export const useJobSubjects = (projectId: string, open: boolean) =>
  useQuery({
    queryKey: ['job-subjects', projectId],
    queryFn: async ({ signal }) => {
      const ask = { projectId, pageSize };
      const or = <T>(list: Promise<readonly T[]>): Promise<readonly T[]> => list.catch(() => []);
      const [runList, versions, modelList, similar, ...ofRuns] = await Promise.all([
        runs.listRuns(ask, { signal }).then((page) => page.runs),
        or(datasets.listDatasetVersions(ask, { signal }).then((page) => page.datasetVersions)),
        or(models.listModels(ask, { signal }).then((page) => page.models)),
        or(
          similarityAnalyses.listSimilarityAnalyses(ask, { signal }).then((page) => page.similarityAnalyses),
        ),
        or<OfRun>(activationSets.listActivationSets(ask, { signal }).then((page) => page.activationSets)),
        or<OfRun>(explorations.listExplorations(ask, { signal }).then((page) => page.explorations)),
        or<OfRun>(analyses.listAnalyses(ask, { signal }).then((page) => page.analyses)),
        or<OfRun>(sanityChecks.listSanityChecks(ask, { signal }).then((page) => page.sanityChecks)),
      ]);
      const subjects = new JobSubjects();
      const names = new Map(runList.map((run) => [run.id, run.displayName]));
      for (const run of runList) subjects.add([run.id, run.jobId], { label: run.displayName, runId: run.id });
      for (const version of versions)
        subjects.add([version.id, version.jobId], { label: version.displayName });
      for (const model of modelList) subjects.add([model.id], { label: model.displayName });
      for (const compared of similar)
        subjects.add([compared.id, compared.jobId], { label: 'similar samples' });
      for (const part of ofRuns.flat())
        subjects.add([part.id, part.jobId], {
          label: `epoch ${part.epoch} of ${names.get(part.runId) ?? 'a run'}`,
          runId: part.runId,
          epoch: part.epoch,
        });
      return subjects;
    },
    refetchInterval: open ? 5_000 : false,
  });
