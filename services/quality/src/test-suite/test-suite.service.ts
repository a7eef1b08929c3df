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
import { TestJudgmentService } from '../test-judgment/test-judgment.service.js';
import { runOfOtherProject } from '../test-result/test-result.errors.js';
import {
  baselineNotSucceeded,
  baselineRunMissing,
  baselineRunUnexpected,
  testSuiteNotFound,
  tooManySuites,
} from './test-suite.errors.js';
import type { TestSuite, TestSuiteFields } from './test-suite.js';
import { TestSuiteRepository } from './test-suite.repository.js';

/** Suites of a project that may judge new versions: each run that succeeds starts a job for each of them. */
const MAX_SUITES = 100;

type BaselineFields = Pick<TestSuite, 'projectId' | 'baselineRule' | 'baselineRunId'>;
type TestSuiteChange = RevisedChange & Partial<Omit<TestSuiteFields, 'draft'>>;

/** Creates, reads, changes and deletes suites of tests. */
@Injectable()
export class TestSuiteService {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(TestSuiteRepository) private readonly suites: Port<TestSuiteRepository>,
    @Inject(WorkspaceProjects) private readonly projects: Port<WorkspaceProjects>,
    @Inject(TrainingClient) private readonly training: Pick<TrainingClient, 'getRun'>,
    @Inject(TestJudgmentService) private readonly judgments: Pick<TestJudgmentService, 'cancelWork'>,
  ) {}

  /**
   * Throws `not-found` for a project of another team and for the baseline, `invalid` DISPLAY_NAME_INVALID,
   * BASELINE_RUN_MISSING, BASELINE_RUN_UNEXPECTED, `precondition` RUN_NOT_SUCCEEDED for the baseline, `exhausted`
   * TEST_SUITES_EXHAUSTED, `exists` TEST_SUITE_NAME_TAKEN, and what `parseTestNames` throws.
   */
  async create(
    { teamId, subject }: Author,
    { projectId, ...fields }: TestSuiteFields & Pick<TestSuite, 'projectId'>,
  ): Promise<TestSuite> {
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
    checkBaseline(suite);
    await this.projects.mustExist(teamId, projectId);
    await this.checkBaselineRun(teamId, suite);
    return this.unitOfWork.run(teamId, async () => {
      const created = await this.suites.insert(suite);
      if (suite.runForNewVersions) await this.checkCount(projectId);
      return created;
    });
  }

  /** Throws `not-found`, also for a suite of another team. */
  get(teamId: string, id: string): Promise<TestSuite> {
    return this.unitOfWork.run(teamId, () => findOrThrow(this.suites, id, testSuiteNotFound));
  }

  list(teamId: string, projectId: string, query: PageQuery): Promise<Page<TestSuite>> {
    if (!isUuid(projectId)) return Promise.resolve({ items: [], nextPageToken: '' });
    return this.unitOfWork.run(teamId, () => this.suites.list(projectId, query));
  }

  /** Work of a suite that is no longer to judge new versions stops. Throws as `create` and `lockForUpdate`. */
  async update(teamId: string, id: string, change: TestSuiteChange): Promise<TestSuite> {
    const testNames = change.document === undefined ? undefined : parseTestNames(change.document);
    if (change.baselineRunId !== undefined && change.baselineRunId !== '') {
      const { projectId } = await this.get(teamId, id);
      await this.checkBaselineRun(teamId, { projectId, baselineRunId: change.baselineRunId });
    }
    return this.unitOfWork.run(teamId, async () => {
      const before = await lockForUpdate(this.suites, 'test suite', id, change, testSuiteNotFound);
      const baselineRule = change.baselineRule ?? before.baselineRule;
      const after = {
        ...before,
        displayName: change.displayName === undefined ? before.displayName : displayName(change.displayName),
        document: change.document ?? before.document,
        testNames: testNames ?? before.testNames,
        runForNewVersions: change.runForNewVersions ?? before.runForNewVersions,
        baselineRule,
        // Another rule forgets the run.
        baselineRunId: change.baselineRunId ?? (baselineRule === 'fixed-run' ? before.baselineRunId : ''),
        draft: change.draft ?? before.draft,
      };
      checkBaseline(after);
      const changed = await this.suites.update(before, after);
      if (after.runForNewVersions && !before.runForNewVersions) await this.checkCount(before.projectId);
      if (!after.runForNewVersions && before.runForNewVersions) await this.judgments.cancelWork(teamId, id);
      return changed;
    });
  }

  /** Throws `not-found`, also for a suite of another team. */
  delete(teamId: string, id: string): Promise<void> {
    return this.unitOfWork.run(teamId, async () => {
      await findOrThrow({ find: (each: string) => this.suites.lock(each) }, id, testSuiteNotFound);
      await this.judgments.cancelWork(teamId, id);
      await this.suites.delete(id);
    });
  }

  private async checkBaselineRun(
    teamId: string,
    { projectId, baselineRunId }: Pick<BaselineFields, 'projectId' | 'baselineRunId'>,
  ): Promise<void> {
    if (baselineRunId === '') return;
    const run = await this.training.getRun(teamId, baselineRunId);
    if (run.projectId !== projectId) throw runOfOtherProject(baselineRunId);
    if (!run.hasSucceeded) throw baselineNotSucceeded(baselineRunId);
  }

  private async checkCount(projectId: string): Promise<void> {
    if ((await this.suites.countForNewVersions(projectId)) > MAX_SUITES) throw tooManySuites(MAX_SUITES);
  }
}

/** The rule `fixed-run` has a run, and no other rule has one. */
function checkBaseline({ baselineRule, baselineRunId }: BaselineFields): void {
  if (baselineRule === 'fixed-run' && baselineRunId === '') throw baselineRunMissing();
  if (baselineRule !== 'fixed-run' && baselineRunId !== '') throw baselineRunUnexpected(baselineRunId);
}
