import { type MessageInitShape } from '@bufbuild/protobuf';
import type { TestSuite, TestSuiteSchema } from '@noema/contracts/noema/quality/v1/test_suite';
import { skipToken, useQuery, useQueryClient } from '@tanstack/react-query';
import { testJudgments, testResults, testSuites } from '../../api/quality-clients.js';
import { allPages } from '../../parts/pages.js';
import { jobIsOpen } from '../../parts/states.js';
import { toUpdateMask } from '../../parts/update-mask.js';

/** Results of a suite that are loaded; a page that has fewer than all states it. */
export const MAX_RESULTS = 5_000;
/** How often judgments at work are requested, in milliseconds. */
const WORKING_MS = 2_000;

/** Fields of a suite that a person writes. */
export type SuiteFields = Pick<
  Exclude<MessageInitShape<typeof TestSuiteSchema>, TestSuite>,
  'displayName' | 'document' | 'runForNewVersions' | 'baselineRule' | 'baselineRunId' | 'draft'
>;

/** All suites of a project, the newest first. */
export const useTestSuites = (projectId: string) =>
  useQuery({
    queryKey: ['test-suite-list', projectId],
    queryFn: ({ signal }) =>
      allPages(
        (pageToken) => testSuites.listTestSuites({ projectId, pageSize: 500, pageToken }, { signal }),
        (page) => page.testSuites,
      ),
  });

/** One suite; none for an undefined id. */
export const useTestSuite = (testSuiteId: string | undefined) =>
  useQuery({
    queryKey: ['test-suite', testSuiteId],
    queryFn:
      testSuiteId === undefined
        ? skipToken
        : ({ signal }) => testSuites.getTestSuite({ testSuiteId }, { signal }),
    select: ({ testSuite }) => testSuite,
  });

/** The results of a suite, the newest first; of the newest `size` judged tests only if given. */
export const useSuiteResults = (projectId: string, testSuiteId: string | undefined, size = MAX_RESULTS) =>
  useQuery({
    queryKey: ['test-results', projectId, testSuiteId, size],
    queryFn:
      testSuiteId === undefined
        ? skipToken
        : ({ signal }) =>
            allPages(
              (pageToken) =>
                testResults.listTestResults(
                  { projectId, testSuiteId, pageSize: Math.min(size, 1_000), pageToken },
                  { signal },
                ),
              (page) => page.testResults,
              size,
            ),
  });

/** How many tests of a project pass, fail, are undecided or not judged for the newest run. */
export const useTestCounts = (projectId: string) =>
  useQuery({
    queryKey: ['test-results', projectId, 'counts'],
    queryFn: ({ signal }) => testResults.countTestResults({ projectId }, { signal }),
  });

/** The judgments of a suite by the platform, the newest first, requested again while one is at work. */
export function useJudgments(projectId: string, testSuiteId: string | undefined) {
  const client = useQueryClient();
  return useQuery({
    queryKey: ['test-judgments', projectId, testSuiteId],
    queryFn:
      testSuiteId === undefined
        ? skipToken
        : async ({ signal }) => {
            const { testJudgments: found } = await testJudgments.listTestJudgments(
              { projectId, testSuiteId, pageSize: 20 },
              { signal },
            );
            // Results that were stored since are in the next answer.
            if (!found.some(({ state }) => jobIsOpen(state)))
              void client.invalidateQueries({ queryKey: ['test-results', projectId] });
            return found;
          },
    refetchInterval: ({ state }) =>
      state.data?.some((judgment) => jobIsOpen(judgment.state)) === true ? WORKING_MS : false,
  });
}

/** Writes suites, and has lists of them load again. */
export function useSuiteActions(projectId: string) {
  const client = useQueryClient();
  const changed = async (testSuite: TestSuite | undefined): Promise<TestSuite | undefined> => {
    if (testSuite !== undefined) client.setQueryData(['test-suite', testSuite.id], { testSuite });
    await Promise.all(
      ['test-suite-list', 'test-results'].map((key) =>
        client.invalidateQueries({ queryKey: [key, projectId] }),
      ),
    );
    return testSuite;
  };
  return {
    create: async (fields: SuiteFields) =>
      changed((await testSuites.createTestSuite({ projectId, ...fields })).testSuite),
    update: async ({ id, etag }: TestSuite, change: SuiteFields) =>
      changed(
        (
          await testSuites.updateTestSuite({
            // The etag refuses to overwrite the change of another person.
            testSuite: { id, etag, ...change },
            updateMask: toUpdateMask(change),
          })
        ).testSuite,
      ),
    remove: async (testSuiteId: string) => {
      await testSuites.deleteTestSuite({ testSuiteId });
      await changed(undefined);
    },
    /** Epoch 0 is the last one. */
    judge: async (testSuiteId: string, runId: string, epoch: number) => {
      const { testJudgment } = await testJudgments.createTestJudgment({ testSuiteId, runId, epoch });
      await Promise.all(
        ['test-judgments', 'test-results'].map((key) =>
          client.invalidateQueries({ queryKey: [key, projectId] }),
        ),
      );
      return testJudgment;
    },
  };
}
