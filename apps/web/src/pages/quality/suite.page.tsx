import { useParams } from 'react-router-dom';
import { useTestSuite } from '../../features/quality/suites.query.js';
import { useRuns } from '../../features/runs/run.query.js';
import { PageView } from '../../parts/page.view.js';
import { QueryView } from '../../parts/query.view.js';
import { useTitle } from '../../parts/use-title.js';
import { SuiteView } from './suite.view.js';

/** One test suite: its results by version, and its editor; `new` for one that is not saved. */
export function SuitePage() {
  const { projectId = '', testSuiteId = '' } = useParams();
  const isNew = testSuiteId === 'new';
  const suite = useTestSuite(isNew ? undefined : testSuiteId);
  const runs = useRuns(projectId);
  useTitle(suite.data?.displayName ?? 'New test suite');
  return (
    <PageView>
      {!isNew && suite.data === undefined ? (
        <QueryView query={suite} lines={8}>
          {() => null}
        </QueryView>
      ) : (
        <QueryView query={runs} lines={8}>
          {(list) => <SuiteView key={testSuiteId} projectId={projectId} suite={suite.data} runs={list} />}
        </QueryView>
      )}
    </PageView>
  );
}
