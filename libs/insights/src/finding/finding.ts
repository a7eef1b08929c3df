import type { Interval } from '@noema/evaluation';
import type { Membership } from './membership.js';

/** A number of the members against the rest, computed on the confirming half. */
export interface Effect {
  /** The measure, such as `error rate` or `mean loss`. */
  readonly measure: string;
  readonly inside: number;
  readonly outside: number;
  readonly insideCount: number;
  readonly outsideCount: number;
  /** inside − outside */
  readonly difference: number;
  /** Of the difference, 95 %. */
  readonly interval: Interval;
}

/** Metadata or a unit that goes along with membership. */
export interface Explanation {
  /** `metadata` <name> or `unit` <layer>:<unit>. */
  readonly source: 'metadata' | 'unit' | 'label' | 'predicted';
  readonly name: string;
  /** The value, or the range, that is frequent among the members. */
  readonly value: string;
  /** Share of members, and of the others of the same classes, that have it. */
  readonly inside: number;
  readonly outside: number;
  readonly insideCount: number;
  /** Adjusted mutual information with membership, from 0 to 1. */
  readonly information: number;
  /** Adjusted for all sources that were tried. */
  readonly qValue: number;
}

/** Size of the damage. */
export interface Severity {
  /** Share of all loss, change of the headline metric, or share of all samples, by `unit`; from 0 to 1. */
  readonly share: number;
  readonly unit: 'loss' | 'metric' | 'samples';
  /** 3: large, 2: noticeable, 1: small. */
  readonly level: 1 | 2 | 3;
}

/** A table of evidence that a kind shows: columns of equal length. */
export type EvidenceTable = Readonly<
  Record<string, readonly number[] | readonly string[] | readonly (number | string | null)[]>
>;

/** Title, unit and format of a number of a finding. */
export interface NumberMeaning {
  readonly title: string;
  /** `share`, `points` (both from 0 to 1), `chance`, or `measure`: as the effect of the finding. */
  readonly unit: 'count' | 'share' | 'points' | 'chance' | 'value' | 'measure';
}

/** A claim about some samples with its evidence. */
export interface Finding {
  /** The case of its kind, such as `twins`; empty where the kind has one. */
  readonly subkind: string;
  /** `hint`: found, but not confirmed on samples that the search did not see. */
  readonly state: 'hint' | 'confirmed';
  /** One sentence in plain English, with its numbers. */
  readonly sentence: string;
  readonly membership: Membership;
  /** Rows, in the order in which people should look at them. */
  readonly members: Int32Array;
  /** One number a member, by which they are ordered, such as a loss or a probability of being wrong. */
  readonly scores: Float32Array | undefined;
  readonly effect: Effect | undefined;
  /** Chance of such an effect by luck, and the same adjusted for all candidates that were tried. */
  readonly pValue: number | undefined;
  readonly qValue: number | undefined;
  readonly severity: Severity;
  readonly explanations: readonly Explanation[];
  /** Class that each member probably has, −1 for none. */
  readonly suggestedLabels?: Int32Array | undefined;
  /** Samples that belong together, such as copies: positions in `members`. */
  readonly groups?: readonly (readonly number[])[] | undefined;
  /** Further numbers by name; the kind has their meaning. */
  readonly numbers: Readonly<Record<string, number>>;
  readonly tables: Readonly<Record<string, EvidenceTable>>;
  /** Sentences on what the reader must know, such as a reach that the kind misses. */
  readonly remarks: readonly string[];
}

/** Findings of a kind, and the number of its attempts. */
export interface KindReport {
  readonly findings: readonly Finding[];
  /** Number of candidates that were tested. */
  readonly tried: number;
  /** Sentences on what was not tried, and why. */
  readonly remarks: readonly string[];
}
