import { quantile } from '../../statistics.js';
import type { Figures } from '../row.js';
import type { Turn } from './turn.meter.js';

/** Result of a contestant, or the reason why there is no result. */
export interface ContestantResult {
  readonly name: string;
  readonly side: 'ours' | 'peer';
  readonly missing?: string;
  /** In the order of the rounds. */
  readonly turns: readonly Turn[];
  /** Medians over the rounds. */
  readonly figures: Figures;
  /** Figures of each round; absent in results that were kept before they were. */
  readonly rounds?: readonly Figures[];
  readonly versions: Readonly<Record<string, string>>;
}

/** The machine that a row was measured on. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGib: number;
  readonly system: string;
  /** Cores that both sides may use. */
  readonly threads: number;
}

/** A measured row, as stored in `bench/results`. */
export interface RowResult {
  readonly key: string;
  readonly date: string;
  readonly commit: string;
  readonly machine: Machine;
  readonly contestants: readonly ContestantResult[];
}

/** Median, least and largest. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** The spread of what is known of some values; `undefined` when nothing is. */
export function computeSpread(values: readonly (number | undefined)[]): Spread | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0
    ? undefined
    : { median: quantile(known, 0.5), min: Math.min(...known), max: Math.max(...known) };
}

/** A time of ours over the peer's, round by round: both had the same busy moments. */
export const computeRatio = (
  ours: ContestantResult,
  peer: ContestantResult,
  of: 'wallSeconds' | 'cpuSeconds',
): Spread | undefined =>
  ratioOfRounds(
    ours.turns.map((turn) => turn[of]),
    peer.turns.map((turn) => turn[of]),
  );

/** A figure of ours over the peer's, round by round. */
export const compareFigures = (
  ours: ContestantResult,
  peer: ContestantResult,
  figure: string,
  over = figure,
): Spread | undefined =>
  ratioOfRounds(
    (ours.rounds ?? []).map((figures) => figures[figure]),
    (peer.rounds ?? []).map((figures) => figures[over]),
  );

const ratioOfRounds = (
  ours: readonly (number | undefined)[],
  peer: readonly (number | undefined)[],
): Spread | undefined =>
  computeSpread(
    ours.slice(0, peer.length).map((mine, round) => {
      const theirs = peer[round];
      return mine === undefined || theirs === undefined || theirs === 0 ? undefined : mine / theirs;
    }),
  );

/** The median of every figure over the rounds that have it. */
export function medianFigures(rounds: readonly Figures[]): Figures {
  const names = new Set(rounds.flatMap((figures) => Object.keys(figures)));
  return Object.fromEntries(
    [...names].map((name) => [name, computeSpread(rounds.map((figures) => figures[name]))!.median]),
  );
}
