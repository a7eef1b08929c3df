import {
  type ArtifactRef,
  type Clock,
  displayName,
  DomainError,
  isUuid,
  type Page,
  type PageQuery,
  type ProjectId,
  systemClock,
  type UnitOfWork,
  uuidv7,
} from '@noema/kernel';
import type { CheckTurns } from './check.turns.js';
import type { Integration, IntegrationDraft, IntegrationId, IntegrationSource } from './integration.js';
import type { IntegrationReport } from './integration-report.js';
import { integrationNotFound, sourceMissing, sourceUnsupported } from './integration.errors.js';
import type {
  Bundles,
  IntegrationRepository,
  IntegrationRunner,
  Projects,
  Secrets,
} from './integration.ports.js';

export interface IntegrationPorts {
  readonly unitOfWork: UnitOfWork;
  readonly repository: IntegrationRepository;
  readonly runner: IntegrationRunner;
  readonly projects: Projects;
  readonly bundles: Bundles;
  readonly secrets: Secrets;
  readonly turns: CheckTurns;
  readonly clock?: Clock;
}

/** The integrations of a team. */
export class Integrations {
  constructor(private readonly ports: IntegrationPorts) {}

  /** Keeps code for integrations to be made from. Throws `invalid` BUNDLE_INVALID. */
  async upload(teamId: string, projectId: string, content: Uint8Array): Promise<ArtifactRef> {
    await this.ports.projects.mustExist(teamId, projectId);
    return this.ports.bundles.put(teamId, projectId, content);
  }

  /** Loads what a new integration names, before anything is written. */
  async prepare(
    teamId: string,
    request: { readonly projectId: string; readonly displayName: string; readonly source: IntegrationSource },
    signal: AbortSignal,
  ): Promise<IntegrationDraft> {
    const { source, projectId } = request;
    if (source.kind === 'none') throw sourceMissing();
    if (source.kind === 'mapping') throw sourceUnsupported(source.kind);
    await this.ports.projects.mustExist(teamId, projectId);
    const code =
      source.kind === 'module'
        ? { modulePath: source.modulePath, bundle: null }
        : { modulePath: '', bundle: await this.ports.bundles.mustExist(teamId, projectId, source.bundle) };
    const { name, ...loaded } = await this.ports.turns.run(teamId, signal, () =>
      this.ports.runner.load(code, signal),
    );
    return {
      ...code,
      ...loaded,
      projectId: projectId as ProjectId,
      displayName: displayName(request.displayName.trim() || name),
    };
  }

  async create(teamId: string, draft: IntegrationDraft): Promise<Integration> {
    const integration = {
      ...draft,
      id: uuidv7() as IntegrationId,
      createdAt: (this.ports.clock ?? systemClock).now(),
    };
    await this.ports.unitOfWork.run(teamId, () => this.ports.repository.insert(integration));
    return integration;
  }

  /** Throws `not-found` INTEGRATION_NOT_FOUND, also for another team's. */
  async get(teamId: string, id: string): Promise<Integration> {
    const integration = isUuid(id)
      ? await this.ports.unitOfWork.run(teamId, () => this.ports.repository.find(id))
      : undefined;
    if (integration === undefined) throw integrationNotFound(id);
    return integration;
  }

  async list(teamId: string, projectId: string, query: PageQuery): Promise<Page<Integration>> {
    await this.ports.projects.mustExist(teamId, projectId);
    return this.ports.unitOfWork.run(teamId, () => this.ports.repository.list(projectId, query));
  }

  async delete(teamId: string, id: string): Promise<void> {
    const deleted =
      isUuid(id) &&
      (await this.ports.unitOfWork.run(teamId, () => this.ports.repository.delete(id as IntegrationId)));
    if (!deleted) throw integrationNotFound(id);
  }

  /**
   * Runs every handler on `samplesPerSplit` samples of each split; 16 for 0, at most 1000. Throws `exhausted`
   * CHECKS_BUSY.
   */
  async check(
    teamId: string,
    id: string,
    samplesPerSplit: number,
    signal: AbortSignal,
  ): Promise<IntegrationReport> {
    if (samplesPerSplit < 0)
      throw new DomainError(
        'invalid',
        'SAMPLES_INVALID',
        `samples_per_split ${samplesPerSplit} is negative; use 1 to 1000, or 0 for 16`,
      );
    const integration = await this.get(teamId, id);
    const secrets = () => this.ports.secrets.open(teamId, integration.secrets, `integration/${id}`);
    return this.ports.turns.run(teamId, signal, () =>
      this.ports.runner.check(
        integration,
        samplesPerSplit === 0 ? 16 : Math.min(samplesPerSplit, 1000),
        secrets,
        signal,
      ),
    );
  }
}
