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
import { lockForUpdate, type RevisedChange } from '../revision/revised.update.js';
import type { Author } from '../revision/revision.js';
import { baselineUnsupported, newVersionsUnsupported, testSuiteNotFound } from './test-suite.errors.js';
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
  ) {}

  /**
   * Throws `not-found` for a project of another team, `invalid` DISPLAY_NAME_INVALID, `unsupported`
   * NEW_VERSIONS_UNSUPPORTED, BASELINE_UNSUPPORTED, `exists` TEST_SUITE_NAME_TAKEN, and what `parseTestNames`
   * throws.
   */
  async create(
    { teamId, subject }: Author,
    { projectId, ...fields }: TestSuiteFields & Pick<TestSuite, 'projectId'>,
  ): Promise<TestSuite> {
    checkJudging(fields);
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
    checkJudging(change);
    const testNames = change.document === undefined ? undefined : parseTestNames(change.document);
    return this.unitOfWork.run(teamId, async () => {
      const before = await lockForUpdate(this.suites, 'test suite', id, change, testSuiteNotFound);
      return this.suites.update(before, {
        ...before,
        displayName: change.displayName === undefined ? before.displayName : displayName(change.displayName),
        document: change.document ?? before.document,
        testNames: testNames ?? before.testNames,
        runForNewVersions: change.runForNewVersions ?? before.runForNewVersions,
        baselineRule: change.baselineRule ?? before.baselineRule,
        baselineRunId: change.baselineRunId ?? before.baselineRunId,
        draft: change.draft ?? before.draft,
      });
    });
  }

  /** Throws `not-found`, also for a suite of another team. */
  delete(teamId: string, id: string): Promise<void> {
    return this.unitOfWork.run(teamId, async () => {
      await findOrThrow(this.suites, id, testSuiteNotFound);
      await this.suites.delete(id);
    });
  }
}

/** Refuses settings of a worker that the platform does not have. */
function checkJudging({
  runForNewVersions,
  baselineRule = 'none',
  baselineRunId = '',
}: Partial<Pick<TestSuite, 'runForNewVersions' | 'baselineRule' | 'baselineRunId'>>): void {
  if (runForNewVersions === true) throw newVersionsUnsupported();
  if (baselineRule !== 'none' || baselineRunId !== '') throw baselineUnsupported();
}
