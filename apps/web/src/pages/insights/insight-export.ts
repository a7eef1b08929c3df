import { type Insight } from '@noema/contracts/noema/insights/v1/insight';
import { InsightAction } from '@noema/contracts/noema/insights/v1/insight_service';
import { insights } from '../../api/insight-clients.js';
import { csvCell, csvLine } from '../../parts/csv-cell.js';

const PAGE = 1_000;

/** A list that an insight can be exported as. */
export interface InsightExport {
  readonly action: InsightAction;
  readonly label: string;
  /** Ends the name of the file. */
  readonly suffix: string;
}

const ALL = { action: InsightAction.UNSPECIFIED, label: 'All samples', suffix: 'samples' };
const RELABEL = {
  action: InsightAction.RELABEL,
  label: 'Relabel list, with suggested labels',
  suffix: 'relabel',
};
const LABEL = { action: InsightAction.LABEL, label: 'To-label list', suffix: 'to-label' };
const DEDUPLICATE = {
  action: InsightAction.DEDUPLICATE,
  label: 'Copies to remove, one of each group stays',
  suffix: 'copies',
};
const PRUNE = { action: InsightAction.PRUNE, label: 'Prune list', suffix: 'prune' };
const WEIGHTS = { action: InsightAction.WEIGHTS, label: 'Weights for a training', suffix: 'weights' };

/** The lists that make sense for an insight. */
export function listExports({
  kind,
  hasSuggestedClasses,
  groupCount,
}: Pick<Insight, 'kind' | 'hasSuggestedClasses' | 'groupCount'>): readonly InsightExport[] {
  const isToLabel = kind.includes('label-next');
  return [
    ALL,
    ...(hasSuggestedClasses ? [RELABEL, WEIGHTS] : []),
    ...(isToLabel ? [LABEL] : []),
    ...(groupCount > 0 ? [DEDUPLICATE] : []),
    // Of copies one must stay.
    ...(isToLabel || groupCount > 0 ? [] : [PRUNE]),
  ];
}

/** A list of an insight as CSV. */
export async function exportInsight(insightId: string, action: InsightAction): Promise<Blob> {
  const lines: string[] = [];
  let pageToken = '';
  do {
    const page = await insights.exportInsight({ insightId, action, pageSize: PAGE, pageToken });
    if (lines.length === 0) lines.push(csvLine(page.columns.map(csvCell)));
    for (const { cells } of page.rows) lines.push(csvLine(cells.map(csvCell)));
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
  return new Blob(lines, { type: 'text/csv;charset=utf-8' });
}
