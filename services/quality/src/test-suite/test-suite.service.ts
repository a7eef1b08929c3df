import { Inject, Injectable } from '@nestjs/common';
import { WorkspaceProjects } from '@noema/host';
import {
  displayName,
  findOrThrow,
  isUuid,
  type Page,
  type PageQuery,
  type Port,
  type UnitOfWork,
  uuidv7,
} from '@noema/kernel';
import { Database } from '@noema/postgres';
import { parseTestNames } from '../document/document.parser.js';
import { TrainingClient } from '../peers/training.client.js';
import { lockForUpdate, type RevisedChange } from '../revision/revised.update.js';
import type { Author } from '../revision/revision.js';
import {
  baselineRunMissing,
  baselineRunUnexpected,
  newVersionsUnsupported,
  runOfOtherProject,
  testSuiteNotFound,
} from './test-suite.errors.js';
import type { TestSuite, TestSuiteFields } from './test-suite.js';
import { TestSuiteRepository } from './test-suite.repository.js';

type TestSuiteChange = RevisedChange & Partial<Omit<TestSuiteFields, 'draft'>>;

/** Creates, reads, changes and deletes suites of tests. */
@Injectable()
export class TestSuiteService {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(TestSuiteRepository) private readonly suites: Port<TestSuiteRepository>,
    @Inject(WorkspaceProjects) private readonly projects: Port<WorkspaceProjects>,
    @Inject(TrainingClient) private readonly training: Port<TrainingClient>,
  ) {}

  /**
   * Throws `not-found` for a project or run of another team, `invalid` DISPLAY_NAME_INVALID, BASELINE_RUN_MISSING,
   * BASELINE_RUN_UNEXPECTED, `unsupported` NEW_VERSIONS_UNSUPPORTED, `exists` TEST_SUITE_NAME_TAKEN, and what
   * `parseTestNames` throws.
   */
  async create(
    { teamId, subject }: Author,
    { projectId, ...fields }: TestSuiteFields & Pick<TestSuite, 'projectId'>,
  ): Promise<TestSuite> {
    if (fields.runForNewVersions) throw newVersionsUnsupported();
    const suite = {
      id: uuidv7(),
      projectId,
      displayName: displayName(fields.displayName),
      document: fields.document,
      testNames: parseTestNames(fields.document),
      runForNewVersions: fields.runForNewVersions,
      baselineRule: fields.baselineRule,
      baselineRunId: fields.baselineRunId,
      draft: fields.draft,
      createdBy: subject,
    };
    await this.projects.mustExist(teamId, projectId);
    await this.checkBaseline(teamId, suite);
    return this.unitOfWork.run(teamId, () => this.suites.insert(suite));
  }

  /** Throws `not-found`, also for a suite of another team. */
  get(teamId: string, id: string): Promise<TestSuite> {
    return this.unitOfWork.run(teamId, () => findOrThrow(this.suites, id, testSuiteNotFound));
  }

  list(teamId: string, projectId: string, query: PageQuery): Promise<Page<TestSuite>> {
    if (!isUuid(projectId)) return Promise.resolve({ items: [], nextPageToken: '' });
    return this.unitOfWork.run(teamId, () => this.suites.list(projectId, query));
  }

  /** Throws as `create` and `lockForUpdate`. */
  async update(teamId: string, id: string, change: TestSuiteChange): Promise<TestSuite> {
    if (change.runForNewVersions === true) throw newVersionsUnsupported();
    const merge = (before: TestSuite): TestSuite => ({
      ...before,
      displayName: change.displayName === undefined ? before.displayName : displayName(change.displayName),
      document: change.document ?? before.document,
      testNames: change.document === undefined ? before.testNames : parseTestNames(change.document),
      runForNewVersions: change.runForNewVersions ?? before.runForNewVersions,
      baselineRule: change.baselineRule ?? before.baselineRule,
      baselineRunId: change.baselineRunId ?? before.baselineRunId,
      draft: change.draft ?? before.draft,
    });
    // Other services are called before the row is locked.
    await this.checkBaseline(teamId, merge(await this.get(teamId, id)));
    return this.unitOfWork.run(teamId, async () => {
      const before = await lockForUpdate(this.suites, 'test suite', id, change, testSuiteNotFound);
      return this.suites.update(before, merge(before));
    });
  }

  /** Throws `not-found`, also for a suite of another team. */
  delete(teamId: string, id: string): Promise<void> {
    return this.unitOfWork.run(teamId, async () => {
      await findOrThrow(this.suites, id, testSuiteNotFound);
      await this.suites.delete(id);
    });
  }

  private async checkBaseline(
    teamId: string,
    {
      projectId,
      baselineRule,
      baselineRunId,
    }: Pick<TestSuite, 'projectId' | 'baselineRule' | 'baselineRunId'>,
  ): Promise<void> {
    if (baselineRule !== 'fixed-run') {
      if (baselineRunId !== '') throw baselineRunUnexpected(baselineRunId);
      return;
    }
    if (baselineRunId === '') throw baselineRunMissing();
    const run = await this.training.getRun(teamId, baselineRunId);
    if (run.projectId !== projectId) throw runOfOtherProject(baselineRunId);
  }
}
