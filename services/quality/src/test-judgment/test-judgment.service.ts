import { Inject, Injectable } from '@nestjs/common';
import {
  asDomainError,
  findOrThrow,
  hasEnded,
  isUuid,
  type Page,
  type PageQuery,
  type Port,
  type UnitOfWork,
} from '@noema/kernel';
import { Database } from '@noema/postgres';
import { parseEvaluationDocument } from '../document/document.parser.js';
import { TrainingClient } from '../peers/training.client.js';
import { type Author, PLATFORM } from '../revision/revision.js';
import { runNotSucceeded, runOfOtherProject } from '../test-result/test-result.errors.js';
import { testSuiteNotFound } from '../test-suite/test-suite.errors.js';
import { TestSuiteRepository } from '../test-suite/test-suite.repository.js';
import type { TestSuite } from '../test-suite/test-suite.js';
import { epochOutOfRange, testJudgmentNotFound } from './test-judgment.errors.js';
import { judgmentId, type TestJudgment } from './test-judgment.js';
import { TestJudgmentQueue } from './test-judgment.queue.js';
import { type JudgmentFilter, TestJudgmentRepository } from './test-judgment.repository.js';

/** A run after one of its epochs; 0 stands for the last one. */
interface JudgedEpoch {
  readonly id: string;
  readonly epoch: number;
}

/** Starts, reads and lists judgments; workers judge. */
@Injectable()
export class TestJudgmentService {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(TestSuiteRepository)
    private readonly suites: Pick<TestSuiteRepository, 'find' | 'lock' | 'lockForNewVersions'>,
    @Inject(TestJudgmentRepository) private readonly judgments: Port<TestJudgmentRepository>,
    @Inject(TestJudgmentQueue) private readonly queue: Pick<TestJudgmentQueue, 'queue' | 'cancel'>,
    @Inject(TrainingClient) private readonly training: Pick<TrainingClient, 'getRun'>,
  ) {}

  /**
   * Checks that a suite can judge an epoch of a run. Throws `not-found` for the suite and the run, `precondition`
   * RUN_NOT_SUCCEEDED, `invalid` EPOCH_OUT_OF_RANGE.
   */
  async check(teamId: string, testSuiteId: string, { id: runId, epoch }: JudgedEpoch): Promise<void> {
    const { projectId } = await this.unitOfWork.run(teamId, () =>
      findOrThrow(this.suites, testSuiteId, testSuiteNotFound),
    );
    const run = await this.training.getRun(teamId, runId);
    if (run.projectId !== projectId) throw runOfOtherProject(runId);
    if (!run.hasSucceeded) throw runNotSucceeded(runId);
    if (epoch < 0 || epoch > run.epoch) throw epochOutOfRange(epoch, runId, run.epoch);
  }

  /** Judges an epoch of a run by a suite, unless that is being done already. Throws `not-found` for the suite. */
  start({ teamId, subject }: Author, testSuiteId: string, run: JudgedEpoch): Promise<TestJudgment> {
    return this.unitOfWork.run(teamId, async () => {
      // The lock of the suite keeps two requests from judging the same run.
      const suite = await findOrThrow(
        { find: (id: string) => this.suites.lock(id) },
        testSuiteId,
        testSuiteNotFound,
      );
      const existing = await this.judgments.find(judgmentId(testSuiteId, run.id, run.epoch));
      return existing !== undefined && !hasEnded(existing.state)
        ? existing
        : this.replace(teamId, suite, run, { existing, createdBy: subject });
    });
  }

  /**
   * Judges a run that has succeeded by each accepted suite of its project that judges new versions. Work on an
   * earlier end of the run stops.
   */
  async judgeNewVersion(
    teamId: string,
    run: { readonly projectId: string; readonly id: string },
  ): Promise<void> {
    await this.unitOfWork.run(teamId, async () => {
      for (const suite of await this.suites.lockForNewVersions(run.projectId)) {
        const existing = await this.judgments.find(judgmentId(suite.id, run.id));
        await this.replace(teamId, suite, { id: run.id, epoch: 0 }, { existing, createdBy: PLATFORM });
      }
    });
  }

  /**
   * Judges a run again by the suites that have judged it as a new version and have tests about insights. Does nothing
   * if the run has not succeeded: its end judges it.
   */
  async judgeWithInsights(
    teamId: string,
    run: { readonly projectId: string; readonly id: string },
  ): Promise<void> {
    if (!(await this.hasSucceeded(teamId, run.id))) return;
    await this.unitOfWork.run(teamId, async () => {
      for (const suite of await this.suites.lockForNewVersions(run.projectId)) {
        const existing = await this.judgments.find(judgmentId(suite.id, run.id));
        if (existing !== undefined && isAboutInsights(suite))
          await this.replace(teamId, suite, { id: run.id, epoch: 0 }, { existing, createdBy: PLATFORM });
      }
    });
  }

  private async hasSucceeded(teamId: string, runId: string): Promise<boolean> {
    try {
      return (await this.training.getRun(teamId, runId)).hasSucceeded;
    } catch (error) {
      if (asDomainError(error).kind !== 'not-found') throw error;
      return false;
    }
  }

  /** Stops the work of a suite, in the ambient transaction. */
  async cancelWork(teamId: string, testSuiteId: string): Promise<void> {
    for (const jobId of await this.judgments.listUnfinishedJobs(testSuiteId))
      await this.queue.cancel(teamId, jobId);
  }

  /** Throws `not-found`, also for a judgment of another team. */
  get(teamId: string, id: string): Promise<TestJudgment> {
    return this.unitOfWork.run(teamId, () => findOrThrow(this.judgments, id, testJudgmentNotFound));
  }

  list(teamId: string, filter: JudgmentFilter, query: PageQuery): Promise<Page<TestJudgment>> {
    const { projectId, runId = projectId, testSuiteId = projectId } = filter;
    if (![projectId, runId, testSuiteId].every(isUuid))
      return Promise.resolve({ items: [], nextPageToken: '' });
    return this.unitOfWork.run(teamId, () => this.judgments.list(filter, query));
  }

  private async replace(
    teamId: string,
    { id: testSuiteId, projectId }: TestSuite,
    { id: runId, epoch: chosenEpoch }: JudgedEpoch,
    { existing, createdBy }: { readonly existing: TestJudgment | undefined; readonly createdBy: string },
  ): Promise<TestJudgment> {
    const id = judgmentId(testSuiteId, runId, chosenEpoch);
    if (existing !== undefined) {
      if (!hasEnded(existing.state)) await this.queue.cancel(teamId, existing.jobId);
      await this.judgments.delete(id);
    }
    const jobId = await this.queue.queue(teamId, id, 1);
    return this.judgments.insert({ id, projectId, testSuiteId, runId, chosenEpoch, createdBy, jobId });
  }
}

const isAboutInsights = ({ document }: TestSuite): boolean =>
  parseEvaluationDocument(document).tests.some(({ kind }) => kind === 'insights');
