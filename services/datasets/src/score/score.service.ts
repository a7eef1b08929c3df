import { Inject, Injectable } from '@nestjs/common';
import { DomainError, type Port, type UnitOfWork } from '@noema/kernel';
import { Database } from '@noema/postgres';
import { DatasetVersionService } from '../dataset-version/dataset-version.service.js';
import type { ReadyDatasetVersion } from '../dataset-version/dataset-version.js';
import { CheckTurns } from '../integration/check.turns.js';
import { IntegrationRepository } from '../integration/integration.repository.js';
import { WorkspaceClient } from '../peers/workspace.client.js';
import { ProcessRunner } from '../runner/process-runner.js';
import { checkPredictions, type Predictions, readScores, type Scores } from './score.js';

/** Computes the metrics and the loss of an integration from predictions for its samples. */
@Injectable()
export class ScoreService {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(DatasetVersionService) private readonly versions: Pick<DatasetVersionService, 'getReady'>,
    @Inject(IntegrationRepository) private readonly integrations: Pick<IntegrationRepository, 'find'>,
    @Inject(WorkspaceClient) private readonly secrets: Port<WorkspaceClient>,
    @Inject(ProcessRunner) private readonly runner: Pick<ProcessRunner, 'score'>,
    @Inject(CheckTurns) private readonly turns: Pick<CheckTurns, 'run'>,
  ) {}

  /**
   * Scores some samples of a version. Throws as `ProcessRunner.score`, `invalid` SCORES_INVALID, `unsupported`
   * SCORES_MISSING for a version whose integration declares none, and `precondition` INTEGRATION_DELETED.
   */
  async score(
    teamId: string,
    datasetVersionId: string,
    request: Predictions,
    signal: AbortSignal,
  ): Promise<Scores> {
    const version = await this.versions.getReady(teamId, datasetVersionId);
    const { content } = version.ready;
    const { scores } = content;
    if (scores === undefined) throw scoresMissing(version);
    checkPredictions(request, content);
    const integration = await this.unitOfWork.run(teamId, () =>
      this.integrations.find(version.integrationId),
    );
    if (integration === undefined) throw integrationDeleted(version);
    const { populationDigest, ...declared } = scores;
    const { inputs, groundTruths, visualizers } = content;
    const { result, body } = await this.turns.run(teamId, signal, () =>
      this.runner.score(
        {
          ...integration,
          openSecrets: () =>
            this.secrets.openSecrets(teamId, integration.secrets, `dataset_version/${version.id}`),
        },
        {
          ...request,
          key: version.id,
          plan: {
            inputs,
            groundTruths,
            visualizers,
            populationDigest,
            skippedRows: content.skipped?.map(({ row }) => row) ?? [],
          },
        },
        signal,
      ),
    );
    const unlabelled = content.splits.filter(({ split }) => split === 'unlabeled');
    return readScores(result, body, request, {
      declared,
      isLabelled: (row) =>
        !unlabelled.some(({ firstRow, count }) => row >= firstRow && row < firstRow + count),
    });
  }
}

const scoresMissing = ({ id }: ReadyDatasetVersion): DomainError =>
  new DomainError(
    'unsupported',
    'SCORES_MISSING',
    `the integration of dataset version ${id} declares no metric and no loss`,
    { metadata: { dataset_version_id: id } },
  );

const integrationDeleted = ({ id, integrationId }: ReadyDatasetVersion): DomainError =>
  new DomainError(
    'precondition',
    'INTEGRATION_DELETED',
    `the integration ${integrationId} of dataset version ${id} was deleted, and with it the metrics that it ` +
      'computes; register it again and ingest it',
    { metadata: { dataset_version_id: id, integration_id: integrationId } },
  );
