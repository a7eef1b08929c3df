import { writeFile } from 'node:fs/promises';
import { InsightAction } from '@noema/contracts/noema/insights/v1/insight_service';
import { allPages } from '@noema/kernel';
import type { CommandContext } from './command-context.js';

const ACTIONS = {
  all: InsightAction.UNSPECIFIED,
  relabel: InsightAction.RELABEL,
  prune: InsightAction.PRUNE,
  label: InsightAction.LABEL,
  deduplicate: InsightAction.DEDUPLICATE,
  weights: InsightAction.WEIGHTS,
} as const satisfies Record<string, InsightAction>;

export const EXPORT_ACTIONS = Object.keys(ACTIONS);

/** Writes the rows of an action as CSV (RFC 4180). */
export async function exportInsight(
  { connect, terminal }: CommandContext,
  insightId: string,
  options: { readonly for: string; readonly to?: string },
): Promise<void> {
  const noema = await connect();
  const query = { insightId, action: ACTIONS[options.for as keyof typeof ACTIONS], pageSize: 1000 };
  let columns: readonly string[] = [];
  const rows = await allPages(
    (pageToken) => noema.insights.exportInsight({ ...query, pageToken }),
    (page) => {
      ({ columns } = page);
      return page.rows;
    },
  );
  const lines = [columns, ...rows.map(({ cells }) => cells)].map((cells) => cells.map(formatCell).join(','));
  terminal.document(
    rows.map(({ cells }) => Object.fromEntries(columns.map((name, at) => [name, cells[at]!]))),
  );
  if (options.to === undefined) for (const line of lines) terminal.line(line);
  else {
    await writeFile(options.to, `${lines.join('\r\n')}\r\n`);
    terminal.line(`${rows.length} samples in ${options.to}`);
    const { audit } = await noema.insights.getInsightAudit({ insightId, pageSize: 1 });
    terminal.line(`Audit: ${audit!.sentence}`);
  }
}

/** A spreadsheet takes a cell that begins with = + - @ for a formula, so that such a text gets a quote before it. */
function formatCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && !Number.isFinite(Number(text)) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
