import { Inject, Injectable } from '@nestjs/common';
import { findOrThrow, type Port, type UnitOfWork } from '@noema/kernel';
import { Database } from '@noema/postgres';
import { DatasetsClient } from '../peers/datasets.client.js';
import { testResultNotFound } from '../test-result/test-result.errors.js';
import { TestResultRepository } from '../test-result/test-result.repository.js';
import { testSuiteNotFound } from '../test-suite/test-suite.errors.js';
import { TestSuiteRepository } from '../test-suite/test-suite.repository.js';
import {
  closingTestUnknown,
  samplesOutOfRange,
  subjectOfOtherProject,
  testNotFailed,
} from './issue.errors.js';
import type { ClosingTest, IssueSubject } from './issue.js';

const MAX_SAMPLES = 100;

/** Finds what issues refer to. */
@Injectable()
export class IssueSubjects {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(DatasetsClient) private readonly datasets: Port<DatasetsClient>,
    @Inject(TestResultRepository) private readonly results: Pick<TestResultRepository, 'find'>,
    @Inject(TestSuiteRepository) private readonly suites: Pick<TestSuiteRepository, 'find'>,
  ) {}

  /**
   * Checks that a subject exists in a project, and returns the time of the version in which it was seen. Throws
   * `not-found`, `invalid` SAMPLES_OUT_OF_RANGE, TEST_NOT_FAILED.
   */
  async find(teamId: string, projectId: string, subject: IssueSubject | undefined): Promise<Date> {
    switch (subject?.kind) {
      case undefined:
        break;
      case 'samples': {
        const { datasetVersionId, samples } = subject;
        if (samples.length === 0 || samples.length > MAX_SAMPLES)
          throw samplesOutOfRange(samples.length, MAX_SAMPLES);
        if ((await this.datasets.projectOfVersion(teamId, datasetVersionId)) !== projectId)
          throw subjectOfOtherProject('samples.dataset_version_id', datasetVersionId);
        await this.datasets.samplesMustExist(teamId, datasetVersionId, samples);
        break;
      }
      case 'slice':
        if ((await this.datasets.projectOfSlice(teamId, subject.sliceId)) !== projectId)
          throw subjectOfOtherProject('slice_id', subject.sliceId);
        break;
      case 'test-result': {
        const id = subject.testResultId;
        const result = await this.unitOfWork.run(teamId, () =>
          findOrThrow(this.results, id, testResultNotFound),
        );
        if (result.projectId !== projectId) throw subjectOfOtherProject('test_result_id', id);
        if (result.status === 'pass') throw testNotFailed(id, result.status);
        return result.runCreateTime;
      }
    }
    return new Date();
  }

  /** Throws `not-found` for the suite, `invalid` CLOSING_TEST_UNKNOWN. */
  async checkClosingTest(teamId: string, projectId: string, test: ClosingTest | undefined): Promise<void> {
    if (test === undefined) return;
    const suite = await this.unitOfWork.run(teamId, () =>
      findOrThrow(this.suites, test.testSuiteId, testSuiteNotFound),
    );
    if (suite.projectId !== projectId)
      throw subjectOfOtherProject('closing_test.test_suite_id', test.testSuiteId);
    if (!suite.testNames.includes(test.testName)) throw closingTestUnknown(test.testName, suite.testNames);
  }
}
