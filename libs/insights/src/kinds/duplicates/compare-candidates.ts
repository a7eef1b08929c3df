import { type CandidatePair, pairKey } from './candidate-pairs.js';
import type { Comparer } from './comparer.js';
import { findCourse, GIVEN_UP } from './course.js';
import { batchRows, readBatches } from './exact-copies.js';
import type { Stock } from './stock.js';

/** A planted copy with this similarity was aligned. */
const MIN_PLANTED = 0.95;

/** Returns the similarity of each pair that was compared. */
export async function compareCandidates(
  { inputs, rows, planted }: Stock,
  comparer: Comparer,
  pairs: readonly CandidatePair[],
  {
    signal,
    progress,
  }: { readonly signal: AbortSignal | undefined; readonly progress: (share: number) => void },
): Promise<Map<number, number>> {
  const scores = new Map<number, number>();
  const isPlanted = ({ from, to }: CandidatePair): boolean => from >= rows.length || to >= rows.length;
  const step = Math.max(1, Math.floor(batchRows(inputs) / 3));
  const courses: Float64Array[] = [];
  let least: Float64Array = new Float64Array();
  const compareAll = async (some: readonly CandidatePair[]): Promise<void> => {
    for (let start = 0; start < some.length; start += step) {
      signal?.throwIfAborted();
      const own = some.slice(start, start + step);
      const needed = new Set(own.flatMap(({ from, to }) => [from, to]));
      const read = Int32Array.from(needed)
        .filter((at) => at < rows.length)
        .sort();
      const samples = new Map<number, unknown>();
      for await (const batch of readBatches(
        inputs,
        read.map((at) => rows[at]!),
      ))
        batch.rows.forEach((_, i) => samples.set(read[batch.at + i]!, comparer.prepare(batch.read(i))));
      for (const at of needed)
        if (at >= rows.length) samples.set(at, comparer.prepare(planted[at - rows.length]!));
      for (const { from, to, start } of own) {
        const course = new Float64Array(comparer.steps ?? 0);
        const similarity = comparer.compare(samples.get(from), samples.get(to), { start, least, course });
        if (least.length === 0 && similarity > MIN_PLANTED) courses.push(course);
        scores.set(pairKey(from, to), similarity);
      }
      progress(scores.size / pairs.length);
    }
  };
  const first = pairs.filter(isPlanted);
  await compareAll(first);
  least = findCourse(courses, GIVEN_UP);
  const lowest = findLeast(first.filter(({ from, to }) => scores.get(pairKey(from, to))! > MIN_PLANTED));
  const others = pairs.filter((pair) => !isPlanted(pair));
  await compareAll(others.filter(({ estimate }) => estimate === undefined || estimate >= lowest));
  for (const { from, to, estimate } of others)
    if (estimate !== undefined && estimate < lowest) scores.set(pairKey(from, to), Math.min(0, estimate));
  return scores;
}

/** Returns the estimate that nearly all planted copies reach: a pair below it is not worth a comparison. */
function findLeast(found: readonly CandidatePair[]): number {
  const estimates = Float64Array.from(found, ({ estimate }) => estimate ?? -1).sort();
  return estimates[Math.floor(GIVEN_UP * estimates.length)] ?? -1;
}
