import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS, WorkspaceProjects } from '@noema/host';
import type { Port, UnitOfWork } from '@noema/kernel';
import { Database } from '@noema/postgres';
import type { InsightsConfig } from '../config.js';
import type { ChosenSettings, InsightSettings } from './insight-settings.js';
import { InsightSettingsRepository } from './insight-settings.repository.js';

/** Reads and changes the settings of the searches of a project. */
@Injectable()
export class InsightSettingsService {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(InsightSettingsRepository) private readonly stored: Port<InsightSettingsRepository>,
    @Inject(WorkspaceProjects) private readonly projects: Port<WorkspaceProjects>,
    @Inject(SETTINGS) private readonly platform: Pick<InsightsConfig, 'searchAfterRuns'>,
  ) {}

  /** Returns the settings of a project: what its members chose, or the settings of the platform. */
  find(teamId: string, projectId: string): Promise<InsightSettings> {
    return this.unitOfWork.run(teamId, async () => {
      const { searchAfterRuns, searchAfterEpochs } = await this.stored.find(projectId);
      return {
        searchAfterRuns: searchAfterRuns ?? this.platform.searchAfterRuns,
        searchAfterEpochs: searchAfterEpochs ?? false,
      };
    });
  }

  /** As `find`, for a project that a request names. Throws `not-found` PROJECT_NOT_FOUND. */
  async get(teamId: string, projectId: string): Promise<InsightSettings> {
    await this.projects.mustExist(teamId, projectId);
    return this.find(teamId, projectId);
  }

  /** Throws `not-found` PROJECT_NOT_FOUND. */
  async update(teamId: string, projectId: string, chosen: ChosenSettings): Promise<InsightSettings> {
    await this.projects.mustExist(teamId, projectId);
    const isEmpty = Object.values(chosen).every((value) => value === undefined);
    if (!isEmpty) await this.unitOfWork.run(teamId, () => this.stored.save(projectId, chosen));
    return this.find(teamId, projectId);
  }
}
