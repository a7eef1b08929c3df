import { Suspense } from 'react';
import { useParams } from 'react-router-dom';
import { lazyPart } from '../../parts/lazy-part.view.js';
import { useAddressValue } from '../../features/sample/sample-address.state.js';
import { PageView } from '../../parts/page.view.js';
import { InsightListView } from './insight-list.view.js';

const InsightView = lazyPart(async () => ({ default: (await import('./insight.view.js')).InsightView }));
const AuditView = lazyPart(async () => ({ default: (await import('./audit.view.js')).AuditView }));

/** The insights of a project; one of them; or its audit. */
export function InsightsPage() {
  const { projectId = '', insightId } = useParams();
  const [audit] = useAddressValue('audit');
  return (
    <PageView>
      {insightId === undefined ? (
        <InsightListView key={projectId} projectId={projectId} />
      ) : (
        <Suspense>
          {audit === '' ? (
            <InsightView key={insightId} projectId={projectId} insightId={insightId} />
          ) : (
            <AuditView key={insightId} projectId={projectId} insightId={insightId} />
          )}
        </Suspense>
      )}
    </PageView>
  );
}
