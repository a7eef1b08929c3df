import { asDomainError } from '@noema/kernel';
import type { KindReport } from './finding/finding.js';
import type { InsightKind, SearchContext } from './kinds/insight-kind.js';
import { type GroupedPopulation, groupSamples } from './group-samples.js';
import { explainSkip } from './kinds/needs.js';
import { assignHalves } from './population/halves.js';
import type { Population } from './population/population.js';
import { planKinds, type Recipe } from './recipe.js';

/** Outcome of one kind: a report, the reason why it was skipped, or a fault. */
export type KindOutcome =
  | { readonly key: string; readonly state: 'done'; readonly report: KindReport; readonly seconds: number }
  | { readonly key: string; readonly state: 'skipped'; readonly reason: string }
  | { readonly key: string; readonly state: 'failed'; readonly reason: string; readonly message: string };

/** Kinds that run at the same time where there are several threads: one prepares while threads of the other compute. */
const KINDS_AT_ONCE = 2;

export interface RunOptions {
  readonly threads?: number;
  /** Kinds that run at the same time, at most one for each thread. Default: 2. */
  readonly kindsAtOnce?: number;
  readonly signal?: AbortSignal | undefined;
  /** Share that is done, from 0 to 1, and the title of the kind that runs. */
  readonly progress?: (share: number, title: string) => void;
}

/**
 * Searches a population for the kinds of a recipe, and returns their outcomes in the order of the recipe. A kind that
 * misses something, or fails, leaves the others alone. Throws as `planKinds` and `groupSamples` for an invalid recipe,
 * and the reason of the signal when that aborts.
 */
export async function runInsights(
  population: Population,
  recipe: Recipe,
  { threads = 1, kindsAtOnce = KINDS_AT_ONCE, signal, progress = () => undefined }: RunOptions = {},
): Promise<KindOutcome[]> {
  const planned = planKinds(recipe);
  const { seed, q, groupField } = recipe;
  const share = createShare();
  // The copies are a step of their own, in which the kinds about copies have no work left.
  const needsCopies = planned.some(({ kind }) => kind.isUngrouped !== true);
  const steps = planned.length + 1;
  const grouped = await groupSamples(population, {
    ...{ seed, threads, share, signal, groupField, needsCopies },
    progress: (share) => {
      progress(share / steps, 'Copies');
    },
  });
  const halves = assignHalves(grouped.population, seed);
  const done = new Float64Array(planned.length);
  const outcomes: KindOutcome[] = [];
  const waiting = planned.entries();
  // Each lane takes the next kind when its own is done.
  const runLane = async (): Promise<void> => {
    for (const [at, { kind, parameters }] of waiting) {
      signal?.throwIfAborted();
      const report = (share: number): void => {
        done[at] = share;
        progress((1 + done.reduce((sum, one) => sum + one, 0)) / steps, kind.title);
      };
      report(0);
      const context = { seed, q, halves, parameters, threads, share, signal, progress: report };
      outcomes[at] = await runKind(kind, grouped, context);
      done[at] = 1;
    }
  };
  const lanes = Array.from({ length: Math.max(1, Math.min(threads, kindsAtOnce)) }, runLane);
  for (const lane of await Promise.allSettled(lanes)) if (lane.status === 'rejected') throw lane.reason;
  progress(1, '');
  return outcomes;
}

/** Results that kinds of one run share, by name. A failed computation fails each kind that needs it. */
export function createShare(): SearchContext['share'] {
  const values = new Map<string, Promise<unknown>>();
  return <T>(name: string, compute: () => Promise<T>): Promise<T> => {
    const value = (values.get(name) as Promise<T> | undefined) ?? compute();
    values.set(name, value);
    return value;
  };
}

async function runKind(
  kind: InsightKind,
  { population, remarks }: GroupedPopulation,
  context: SearchContext,
): Promise<KindOutcome> {
  const { key } = kind;
  const reason = explainSkip(kind, population);
  if (reason !== undefined) return { key, state: 'skipped', reason };
  const started = performance.now();
  try {
    const report = await kind.search(population, context);
    const all = kind.isUngrouped ? report.remarks : [...report.remarks, ...remarks];
    return {
      ...{ key, state: 'done', report: { ...report, remarks: all } },
      seconds: (performance.now() - started) / 1000,
    };
  } catch (error) {
    context.signal?.throwIfAborted();
    const { reason, message } = asDomainError(error);
    return { key, state: 'failed', reason, message };
  }
}
