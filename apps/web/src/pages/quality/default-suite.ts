import type { Task } from '@noema/contracts/noema/type/v1/task';
import { putEntry } from '../../features/document/document-text.js';
import { newTest, writeTest } from './test-fields.js';

/** Samples below which a proposed test is undecided. */
const MIN_N = '100';

/** The YAML of a new suite for a task: one test that needs no baseline. */
export function defaultSuite(task: Task | undefined): string {
  const fields = newTest(task);
  const [name, limit] =
    fields.aggregate === 'mean(correct)'
      ? ['accuracy', '0.9']
      : fields.aggregate === 'mean(iou)'
        ? ['overlap', '0.5']
        : ['mean loss', '1'];
  return putEntry('version: 1\n', 'tests', writeTest({ ...fields, name, limit, minN: MIN_N }));
}
