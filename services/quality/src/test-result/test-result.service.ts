import { Inject, Injectable } from '@nestjs/common';
import { WorkspaceProjects } from '@noema/host';
import {
  findOrThrow,
  isUuid,
  type Page,
  type PageQuery,
  type Port,
  type UnitOfWork,
  uuidv7,
} from '@noema/kernel';
import { Database } from '@noema/postgres';
import { IssueClosing } from '../issue/issue.closing.js';
import { type JudgedRun, TrainingClient } from '../peers/training.client.js';
import { lockForUpdate } from '../revision/revised.update.js';
import type { Author } from '../revision/revision.js';
import { testSuiteNotFound } from '../test-suite/test-suite.errors.js';
import { TestSuiteRepository } from '../test-suite/test-suite.repository.js';
import { orderResults } from './test-result.check.js';
import { runNotSucceeded, runOfOtherProject, testResultNotFound } from './test-result.errors.js';
import type { JudgedTest, TestCounts, TestResult } from './test-result.js';
import { TestResultRepository } from './test-result.repository.js';

export interface JudgedSuite {
  readonly testSuiteId: string;
  /** State of the suite that was judged; empty if the caller does not know it. */
  readonly testSuiteEtag: string;
  readonly runId: string;
  readonly baselineRunId: string;
  readonly results: readonly JudgedTest[];
}

type StoredSuite = Omit<JudgedSuite, 'runId'>;

export interface SavedResults {
  readonly results: readonly TestResult[];
  readonly closedIssueIds: readonly string[];
}

/** Stores, reads and counts results of tests. */
@Injectable()
export class TestResultService {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(TestSuiteRepository) private readonly suites: Pick<TestSuiteRepository, 'find' | 'lock'>,
    @Inject(TestResultRepository) private readonly results: Port<TestResultRepository>,
    @Inject(IssueClosing) private readonly issues: Port<IssueClosing>,
    @Inject(TrainingClient) private readonly training: Pick<TrainingClient, 'getRun'>,
    @Inject(WorkspaceProjects) private readonly projects: Port<WorkspaceProjects>,
  ) {}

  /**
   * Stores one result for each test of a suite, and closes the issues whose test passes in a newer version. Throws
   * `not-found` for the suite and the runs, `precondition` RUN_NOT_SUCCEEDED and RESOURCE_CHANGED, and what
   * `orderResults` throws.
   */
  async save({ teamId, subject }: Author, judged: JudgedSuite): Promise<SavedResults> {
    const { testSuiteId, runId, baselineRunId } = judged;
    const { projectId } = await this.unitOfWork.run(teamId, () =>
      findOrThrow(this.suites, testSuiteId, testSuiteNotFound),
    );
    const run = await this.findRun(teamId, projectId, runId);
    if (baselineRunId !== '') await this.findRun(teamId, projectId, baselineRunId);
    if (!run.hasSucceeded) throw runNotSucceeded(runId);
    return this.unitOfWork.run(teamId, () => this.store(subject, run, judged));
  }

  /**
   * Stores the results of a suite for a run that has succeeded, in the ambient transaction. Throws as `save` for the
   * suite and the results.
   */
  async store(createdBy: string, run: JudgedRun, judged: StoredSuite): Promise<SavedResults> {
    const { testSuiteId, testSuiteEtag: etag, baselineRunId } = judged;
    const suite = await lockForUpdate(this.suites, 'test suite', testSuiteId, { etag }, testSuiteNotFound);
    const saved: TestResult[] = [];
    for (const result of orderResults(suite, judged.results))
      saved.push(
        await this.results.save({
          ...result,
          id: uuidv7(),
          projectId: suite.projectId,
          testSuiteId,
          runId: run.id,
          runCreateTime: run.createTime,
          epoch: run.epoch,
          modelVersionId: run.modelVersionId,
          baselineRunId,
          createdBy,
          createTime: new Date(),
          isOutdated: false,
        }),
      );
    // An earlier epoch than the last one is no newer version.
    const closes = !suite.draft && run.epoch === run.lastEpoch;
    const closedIssueIds = closes ? await this.issues.closePassed(saved) : [];
    return { results: saved, closedIssueIds };
  }

  /** Throws `not-found`, also for a result of another team. */
  get(teamId: string, id: string): Promise<TestResult> {
    return this.unitOfWork.run(teamId, () => findOrThrow(this.results, id, testResultNotFound));
  }

  list(
    teamId: string,
    of: Pick<TestResult, 'projectId' | 'runId' | 'testSuiteId'>,
    query: PageQuery,
  ): Promise<Page<TestResult>> {
    const ids = [of.projectId, of.runId || of.projectId, of.testSuiteId || of.projectId];
    if (!ids.every(isUuid)) return Promise.resolve({ items: [], nextPageToken: '' });
    return this.unitOfWork.run(teamId, () => this.results.list(of, query));
  }

  /** Throws `not-found` for a project of another team. */
  async count(teamId: string, projectId: string): Promise<TestCounts> {
    await this.projects.mustExist(teamId, projectId);
    return this.unitOfWork.run(teamId, () => this.results.count(projectId));
  }

  private async findRun(teamId: string, projectId: string, id: string): Promise<JudgedRun> {
    const run = await this.training.getRun(teamId, id);
    if (run.projectId !== projectId) throw runOfOtherProject(id);
    return run;
  }
}
