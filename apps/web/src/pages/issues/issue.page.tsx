import { useParams } from 'react-router-dom';
import { useIssue } from '../../features/quality/issues.query.js';
import { PageView } from '../../parts/page.view.js';
import { QueryView } from '../../parts/query.view.js';
import { useTitle } from '../../parts/use-title.js';
import { IssueView } from './issue.view.js';

/** One issue: its text, its subject, and its comments. */
export function IssuePage() {
  const { projectId = '', issueId = '' } = useParams();
  const query = useIssue(issueId);
  useTitle(query.data?.displayName ?? 'Issue');
  return (
    <PageView>
      <QueryView query={query} lines={8}>
        {(issue) => issue !== undefined && <IssueView key={issue.id} projectId={projectId} issue={issue} />}
      </QueryView>
    </PageView>
  );
}
