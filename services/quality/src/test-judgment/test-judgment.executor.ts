import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS } from '@noema/host';
import { toJudgedTests } from '@noema/evaluation';
import { runTests } from '@noema/judging';
import { asDomainError, findOrThrow, type UnitOfWork } from '@noema/kernel';
import { Database } from '@noema/postgres';
import type { QualityConfig } from '../config.js';
import { parseEvaluationDocument } from '../document/document.parser.js';
import { type OpenRun, TrainingClient } from '../peers/training.client.js';
import { formatEtag, PLATFORM } from '../revision/revision.js';
import { runNotSucceeded, runOfOtherProject } from '../test-result/test-result.errors.js';
import type { TestResult } from '../test-result/test-result.js';
import { TestResultService } from '../test-result/test-result.service.js';
import { testSuiteNotFound } from '../test-suite/test-suite.errors.js';
import type { TestSuite } from '../test-suite/test-suite.js';
import { TestSuiteRepository } from '../test-suite/test-suite.repository.js';
import { testJudgmentNotFound } from './test-judgment.errors.js';
import type { TestJudgment } from './test-judgment.js';
import { TestJudgmentRepository } from './test-judgment.repository.js';

/** Judging starts again when the suite has changed meanwhile, this many times at most. */
const MAX_ROUNDS = 5;

export interface JudgeControl {
  readonly signal: AbortSignal;
  readonly progress: (done: number, total: number) => void;
  /** Runs work in a transaction of the team that commits only while the worker holds the job. */
  readonly commit: <T>(work: () => Promise<T>) => Promise<T>;
}

/** The run `previous`, or the reason that it is missing, in a sentence; undefined without a rule. */
type Baseline = OpenRun | { readonly refusal: string } | undefined;

/** Judges a run by a suite, and stores the results. */
@Injectable()
export class TestJudgmentExecutor {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(TestSuiteRepository) private readonly suites: Pick<TestSuiteRepository, 'find'>,
    @Inject(TestJudgmentRepository)
    private readonly judgments: Pick<TestJudgmentRepository, 'find' | 'finish'>,
    @Inject(TestResultService) private readonly results: Pick<TestResultService, 'store'>,
    @Inject(TrainingClient) private readonly training: Pick<TrainingClient, 'openRun' | 'findPreviousRun'>,
    @Inject(SETTINGS) private readonly settings: Pick<QualityConfig, 'maxJudgedSamples'>,
  ) {}

  /**
   * Judges, and stores the results of all tests in one transaction. A suite that changes meanwhile is judged again.
   * Throws `not-found` for the suite and the run, `precondition` RUN_NOT_SUCCEEDED, and `precondition`
   * RESOURCE_CHANGED if the suite changes each time.
   */
  async judge(teamId: string, id: string, control: JudgeControl): Promise<void> {
    for (let round = 1; ; round++) {
      const [judgment, suite] = await this.unitOfWork.run(teamId, async () => {
        const found = await findOrThrow(this.judgments, id, testJudgmentNotFound);
        return [found, await findOrThrow(this.suites, found.testSuiteId, testSuiteNotFound)] as const;
      });
      try {
        await this.judgeBy(suite, teamId, judgment, control);
        return;
      } catch (error) {
        if (asDomainError(error).reason !== 'RESOURCE_CHANGED' || round === MAX_ROUNDS) throw error;
      }
    }
  }

  private async judgeBy(
    suite: TestSuite,
    teamId: string,
    { id, runId, chosenEpoch }: Pick<TestJudgment, 'id' | 'runId' | 'chosenEpoch'>,
    { signal, progress, commit }: JudgeControl,
  ): Promise<void> {
    const options = { maxRows: this.settings.maxJudgedSamples, signal };
    const { run, samples, insights } = await this.training.openRun(teamId, runId, {
      ...options,
      epoch: chosenEpoch,
    });
    if (run.projectId !== suite.projectId) throw runOfOtherProject(runId);
    if (!run.hasSucceeded) throw runNotSucceeded(runId);
    const baseline = await this.openBaseline(teamId, suite, { run, samples, insights }, options);
    const document = parseEvaluationDocument(suite.document);
    const previous = baseline && ('refusal' in baseline ? baseline : baseline.samples);
    const results = await runTests(document, samples, previous, {
      insights,
      signal,
      onProgress: progress,
      whenRefused: 'undecided',
    });
    const baselineRunId = baseline === undefined || 'refusal' in baseline ? '' : baseline.run.id;
    await commit(async () => {
      const saved = await this.results.store(PLATFORM, run, {
        testSuiteId: suite.id,
        testSuiteEtag: formatEtag(suite),
        baselineRunId,
        results: toJudgedTests(document, results),
      });
      const contents = {
        epoch: run.epoch,
        baselineRunId,
        ...countStatuses(saved.results),
        closedIssueIds: saved.closedIssueIds,
      };
      await this.judgments.finish(id, contents, new Date());
    });
  }

  private async openBaseline(
    teamId: string,
    { baselineRule, baselineRunId, projectId }: TestSuite,
    current: OpenRun,
    options: Parameters<TrainingClient['openRun']>[2],
  ): Promise<Baseline> {
    if (baselineRule === 'none') return undefined;
    if (baselineRule === 'previous-run') {
      const id = await this.training.findPreviousRun(teamId, current.run);
      return id === undefined
        ? { refusal: 'no run of the same model succeeded before, so that there is no baseline' }
        : this.training.openRun(teamId, id, options);
    }
    try {
      const baseline = await this.training.openRun(teamId, baselineRunId, options);
      if (baseline.run.projectId === projectId && baseline.run.hasSucceeded) return baseline;
    } catch (error) {
      if (asDomainError(error).kind !== 'not-found') throw error;
    }
    return {
      refusal: `the baseline of the suite, the run "${baselineRunId}", does not exist any more; choose another one`,
    };
  }
}

const countStatuses = (results: readonly Pick<TestResult, 'status'>[]) => {
  const count = (status: TestResult['status']) => results.filter((one) => one.status === status).length;
  return { passing: count('pass'), failing: count('fail'), undecided: count('undecided') };
};
