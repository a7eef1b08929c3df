import {
  type ActivationSetReady as ActivationSet,
  ActivationSetReadySchema,
} from '@noema/contracts/noema/activations/v1/activation_set_events';
import {
  type DatasetVersionReady as DatasetVersion,
  DatasetVersionReadySchema,
} from '@noema/contracts/noema/datasets/v1/dataset_version_events';
import {
  type AnalysisReady as Analysis,
  AnalysisReadySchema,
} from '@noema/contracts/noema/explanations/v1/analysis_events';
import {
  type ExplorationReady as Exploration,
  ExplorationReadySchema,
} from '@noema/contracts/noema/projection/v1/exploration_events';
import {
  type InsightSearchReady as InsightSearch,
  InsightSearchReadySchema,
} from '@noema/contracts/noema/insights/v1/insight_search_events';
import {
  type NeighborGraphReady as NeighborGraph,
  NeighborGraphReadySchema,
} from '@noema/contracts/noema/similarity/v1/neighbor_graph_events';
import {
  type EpochCompleted as Epoch,
  EpochCompletedSchema,
} from '@noema/contracts/noema/training/v1/epoch_events';
import { type RunFinished as Run, RunFinishedSchema } from '@noema/contracts/noema/training/v1/run_events';
import {
  type AuditRecorded as Audit,
  AuditRecordedSchema,
} from '@noema/contracts/noema/workspace/v1/audit_events';
import {
  type ProjectDeleted as Project,
  ProjectDeletedSchema,
} from '@noema/contracts/noema/workspace/v1/project_events';
import { type TeamDeleted as Team, TeamDeletedSchema } from '@noema/contracts/noema/workspace/v1/team_events';
import { eventType, type EventType } from './event-type.js';

/** A dataset version became visible. */
export const DatasetVersionReady: EventType<typeof DatasetVersionReadySchema> = eventType(
  'datasets',
  DatasetVersionReadySchema,
  (e: DatasetVersion) => e.datasetVersionId,
);
/** An epoch of a run is stored durably. */
export const EpochCompleted: EventType<typeof EpochCompletedSchema> = eventType(
  'training',
  EpochCompletedSchema,
  (e: Epoch) => `${e.runId}.${e.epoch}`,
);
/** A run succeeded, failed or was stopped. */
export const RunFinished: EventType<typeof RunFinishedSchema> = eventType(
  'training',
  RunFinishedSchema,
  (e: Run) => e.runId,
);
/** The responses and vectors of an epoch became visible. */
export const ActivationSetReady: EventType<typeof ActivationSetReadySchema> = eventType(
  'activations',
  ActivationSetReadySchema,
  (e: ActivationSet) => e.activationSetId,
);
/** The index and the neighbour graph of an activation set became visible. */
export const NeighborGraphReady: EventType<typeof NeighborGraphReadySchema> = eventType(
  'similarity',
  NeighborGraphReadySchema,
  (e: NeighborGraph) => e.neighborGraphId,
);
/** A map became visible. */
export const ExplorationReady: EventType<typeof ExplorationReadySchema> = eventType(
  'projection',
  ExplorationReadySchema,
  (e: Exploration) => e.explorationId,
);
/** An analysis of a sample became visible. */
export const AnalysisReady: EventType<typeof AnalysisReadySchema> = eventType(
  'explanations',
  AnalysisReadySchema,
  (e: Analysis) => e.analysisId,
);
/** The insights of a search became visible. */
export const InsightSearchReady: EventType<typeof InsightSearchReadySchema> = eventType(
  'insights',
  InsightSearchReadySchema,
  (e: InsightSearch) => e.insightSearchId,
);
/** A team was deleted. Every service removes its data of the team. */
export const TeamDeleted: EventType<typeof TeamDeletedSchema> = eventType(
  'workspace',
  TeamDeletedSchema,
  (e: Team) => e.teamId,
);
/** A project was deleted. Every service removes its data of the project. */
export const ProjectDeleted: EventType<typeof ProjectDeletedSchema> = eventType(
  'workspace',
  ProjectDeletedSchema,
  (e: Project) => e.projectId,
);
/** A change was made in a service without an audit log. That service publishes the event. */
export const AuditRecorded: EventType<typeof AuditRecordedSchema> = eventType(
  'workspace',
  AuditRecordedSchema,
  (e: Audit) => e.action.replaceAll(/[^A-Za-z0-9]+/g, '_'),
);

/** All events. */
export const catalog: readonly { readonly name: string }[] = [
  DatasetVersionReady,
  EpochCompleted,
  RunFinished,
  ActivationSetReady,
  NeighborGraphReady,
  ExplorationReady,
  AnalysisReady,
  InsightSearchReady,
  TeamDeleted,
  ProjectDeleted,
  AuditRecorded,
];
