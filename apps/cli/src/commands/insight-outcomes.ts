import { type InsightOutcome, InsightOutcomeState } from '@noema/contracts/noema/insights/v1/insight_search';
import { plainText } from '@noema/kernel';

/**
 * Describes by title how the search of each kind ended. A reason that several kinds share is said once: it is in
 * `shared`, and not with each kind.
 */
export function describeOutcomes(outcomes: readonly InsightOutcome[]): {
  readonly outcomes: Readonly<Record<string, string>>;
  readonly shared: readonly string[];
} {
  const reasons = outcomes.flatMap(listReasons);
  const shared = new Set(reasons.filter((reason, at) => reasons.indexOf(reason) !== at));
  return {
    outcomes: Object.fromEntries(outcomes.map((outcome) => [outcome.title, describe(outcome, shared)])),
    shared: [...shared],
  };
}

/** Where nothing was tried, the remarks say why. */
const listReasons = ({ tried, found, remarks }: InsightOutcome): readonly string[] =>
  tried > 0 || found > 0 ? [] : remarks;

function describe(outcome: InsightOutcome, shared: ReadonlySet<string>): string {
  const { state, tried, found, confirmed, reason, fault } = outcome;
  if (state === InsightOutcomeState.SKIPPED) return plainText(`skipped: ${reason}`);
  if (state === InsightOutcomeState.FAILED) return plainText(`failed: ${fault?.message ?? ''}`);
  const own = listReasons(outcome).filter((text) => !shared.has(text));
  const why = own.length === 0 ? '' : `: ${plainText(own.join(' '))}`;
  const hints = found - confirmed;
  return `${confirmed} confirmed, ${hints} ${hints === 1 ? 'hint' : 'hints'}, of ${tried} tried${why}`;
}
