import { type OrderedVerdicts, summariseAudit } from './audit.js';

/**
 * Where a sample stands in the audit of its insight: a person judged it, or it lies above or below the cut, or the
 * insight has no verdict at all.
 */
export type AuditedPart = 'judged' | 'above cut' | 'below cut' | 'not audited';

/** The part of each sample. As long as verdicts give no cut, all samples without one lie below it. */
export function assignParts(verdicts: OrderedVerdicts): readonly AuditedPart[] {
  if (verdicts.every((verdict) => verdict === undefined)) return verdicts.map(() => 'not audited');
  const { cut } = summariseAudit(verdicts);
  return verdicts.map((verdict, at) =>
    verdict !== undefined ? 'judged' : at < cut ? 'above cut' : 'below cut',
  );
}

/**
 * Positions of the samples on which people may act: after an audit those above its cut and those judged as wrong, else
 * all. A sample that people judged as right, or on which they were unsure, is never among them.
 */
export const selectActionable = (
  verdicts: OrderedVerdicts,
  parts: readonly AuditedPart[],
): ReadonlySet<number> =>
  new Set(
    [...parts.keys()].filter((at) =>
      verdicts[at] === undefined ? parts[at] !== 'below cut' : verdicts[at] === 'wrong',
    ),
  );
