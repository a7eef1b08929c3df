import { InsightVerdict } from '@noema/contracts/noema/insights/v1/insight';
import { GetInsightAuditResponseSchema } from '@noema/contracts/noema/insights/v1/insight_service';
import { plainText } from '@noema/kernel';
import type { CommandContext } from './command-context.js';
import { printOne } from './resource-output.js';

/** Rows by the verdict on their samples. */
interface AuditOptions {
  readonly wrong?: readonly number[];
  readonly right?: readonly number[];
  readonly unsure?: readonly number[];
}

export const AUDIT_HELP =
  '\nJudge the samples that the command names, and run it again until none is left. Each shell of the order gets ten ' +
  'verdicts.';

const VERDICTS = {
  wrong: InsightVerdict.WRONG,
  right: InsightVerdict.RIGHT,
  unsure: InsightVerdict.UNSURE,
} as const satisfies Record<keyof AuditOptions, InsightVerdict>;

/** Stores the verdicts that the options name, and prints the result and the samples to judge next. */
export async function auditInsight(
  context: CommandContext,
  insightId: string,
  options: AuditOptions,
): Promise<void> {
  const noema = await context.connect();
  const verdicts = (Object.keys(VERDICTS) as (keyof AuditOptions)[]).flatMap((name) =>
    (options[name] ?? []).map((row) => ({ row, verdict: VERDICTS[name] })),
  );
  if (verdicts.length > 0) await noema.insights.recordInsightVerdicts({ insightId, verdicts });
  const response = await noema.insights.getInsightAudit({ insightId });
  const { audit, next } = response;
  printOne(context.terminal, GetInsightAuditResponseSchema, response, {
    audit: plainText(audit!.sentence),
    'wrong share': `${(audit!.wrongShareLow * 100).toFixed(1)} to ${(audit!.wrongShareHigh * 100).toFixed(1)}%`,
    cut: audit!.cut,
    'judge next': audit!.done
      ? 'nothing: the audit is done'
      : `rows ${next.map(({ row }) => row).join(', ')}`,
  });
}
