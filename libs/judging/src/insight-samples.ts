import type { Insight } from '@noema/contracts/noema/insights/v1/insight';
import type { InsightReader } from './run-insights.js';

/** How many samples belong to some insights. */
export interface SampleCount {
  /** Number of different samples that are listed. */
  readonly value: number;
  /** Bounds of the number for which the claims hold. */
  readonly bounds: { readonly low: number; readonly high: number };
}

/**
 * Counts the samples of some insights, each sample once. An audited insight has the interval of its audit; a list of
 * probably wrong labels has the bracket of its kind.
 */
export async function countInsightSamples(
  found: readonly Insight[],
  platform: InsightReader,
): Promise<SampleCount> {
  const union = new Bitmap();
  let [sum, removed, most] = [0, 0, 0];
  for (const insight of found) {
    const { low, high } = await findBounds(insight, platform);
    sum += high;
    removed += insight.memberCount - low;
    most = Math.max(most, low);
    const { bitmap } = await platform.insights.listInsightMembers({
      ...{ insightId: insight.id, pageSize: 1, includeBitmap: true },
    });
    union.add(bitmap);
  }
  const value = union.count();
  // Each insight takes at most its wrong claims out of the union.
  return { value, bounds: { low: Math.max(most, value - removed), high: Math.min(value, sum) } };
}

async function findBounds(
  { id: insightId, memberCount, verdictCount, numbers }: Insight,
  platform: InsightReader,
): Promise<{ readonly low: number; readonly high: number }> {
  if (verdictCount > 0) {
    const { audit } = await platform.insights.getInsightAudit({ insightId });
    const { wrongShareLow, wrongShareHigh } = audit!;
    return {
      low: Math.floor(wrongShareLow * memberCount + 1e-9),
      high: Math.ceil(wrongShareHigh * memberCount - 1e-9),
    };
  }
  const { least = memberCount, most = memberCount } = numbers;
  return { low: Math.min(least, memberCount), high: Math.min(most, memberCount) };
}

/** A set of rows. */
class Bitmap {
  private bytes = new Uint8Array(0);

  add(other: Uint8Array): void {
    if (other.length > this.bytes.length) {
      const longer = new Uint8Array(other.length);
      longer.set(this.bytes);
      this.bytes = longer;
    }
    for (const [at, byte] of other.entries()) this.bytes[at]! |= byte;
  }

  count(): number {
    let bits = 0;
    for (let byte of this.bytes) for (; byte > 0; byte &= byte - 1) bits++;
    return bits;
  }
}
