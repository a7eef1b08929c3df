import type { Effect, Explanation, Membership, Severity } from '@noema/insights';
import type { ArtifactRef, EnumType } from '@noema/kernel';

export const INSIGHT_STATES = ['hint', 'confirmed', 'audited', 'approved', 'dismissed', 'fixed'] as const;
export type InsightState = (typeof INSIGHT_STATES)[number];

export const INSIGHT_CHANGES = ['born', 'grew', 'shrank', 'stayed', 'fixed'] as const;
export type InsightChange = (typeof INSIGHT_CHANGES)[number];

export const STATE_FIELD: EnumType = { prefix: 'INSIGHT_STATE', values: INSIGHT_STATES };
export const CHANGE_FIELD: EnumType = { prefix: 'INSIGHT_CHANGE', values: INSIGHT_CHANGES };

/** Samples of an insight at one epoch. */
export interface TrendPoint {
  readonly insightId: string;
  readonly runId: string;
  readonly epoch: number;
  readonly memberCount: number;
  readonly difference: number | undefined;
  readonly change: InsightChange;
}

/** Evidence of an insight that lists show. */
export interface InsightContents {
  readonly kindTitle: string;
  readonly tried: number;
  readonly unit: Severity['unit'];
  readonly effect: Effect | undefined;
  readonly pValue: number | undefined;
  readonly explanations: readonly Explanation[];
  readonly numbers: Readonly<Record<string, number>>;
  readonly remarks: readonly string[];
  readonly membership: Membership;
  /** Empty if the language of filters cannot express the membership. */
  readonly filter: string;
  readonly hasSuggestedClasses: boolean;
  readonly groupCount: number;
}

/** A claim about some samples with its evidence. */
export interface Insight {
  readonly id: string;
  readonly projectId: string;
  readonly insightSearchId: string;
  readonly runId: string;
  readonly epoch: number;
  readonly datasetVersionId: string;
  /** Empty for a model with one output, and from before outputs had names. */
  readonly output: string;
  readonly isFirstOutput: boolean;
  readonly kind: string;
  readonly subkind: string;
  /** State that the search gave it. */
  readonly foundState: 'hint' | 'confirmed';
  readonly state: InsightState;
  readonly sentence: string;
  readonly level: number;
  readonly share: number;
  readonly memberCount: number;
  readonly qValue: number | undefined;
  readonly contents: InsightContents;
  readonly members: ArtifactRef;
  readonly tables: ArtifactRef | undefined;
  readonly signature: Uint32Array;
  readonly previousInsightId: string;
  readonly firstRunId: string;
  readonly firstEpoch: number;
  readonly change: InsightChange;
  readonly trend: readonly TrendPoint[];
  readonly outdated: boolean;
  readonly note: string;
  readonly issueId: string;
  readonly sliceId: string;
  readonly verdictCount: number;
  /** Number of the version of the resource, from 1. */
  readonly revision: number;
  readonly createTime: Date;
  readonly updateTime: Date;
}

export type NewInsight = Omit<Insight, 'outdated' | 'revision' | 'createTime' | 'updateTime'>;

/** State of a resource, as clients send it back in an update. */
export const formatEtag = ({ revision }: Pick<Insight, 'revision'>): string => `r${revision}`;
