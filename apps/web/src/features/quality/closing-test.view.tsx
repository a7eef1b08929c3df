import { Select } from '@mantine/core';
import type { ClosingTest } from '@noema/contracts/noema/quality/v1/issue';
import { toFault } from '../../api/query-client.js';
import { useTestSuites } from './suites.query.js';

/** Chooses the test whose pass in a newer version closes an issue. */
export function ClosingTestView({
  projectId,
  value,
  disabled = false,
  onChange,
}: {
  projectId: string;
  value: Pick<ClosingTest, 'testSuiteId' | 'testName'> | undefined;
  disabled?: boolean;
  onChange: (test: Pick<ClosingTest, 'testSuiteId' | 'testName'> | undefined) => void;
}) {
  const query = useTestSuites(projectId);
  const suites = query.data ?? [];
  const toKey = (testSuiteId: string, testName: string): string => `${testSuiteId} ${testName}`;
  const key = value && toKey(value.testSuiteId, value.testName);
  const groups = suites.map(({ id, displayName, testNames }) => ({
    group: displayName,
    items: testNames.map((name) => ({ value: toKey(id, name), label: name })),
  }));
  const isKnown = groups.some(({ items }) => items.some((item) => item.value === key));
  return (
    <Select
      size="sm"
      label="Closes when this test passes"
      description="In a newer version"
      placeholder={query.data?.length === 0 ? 'the project has no suite' : 'people close it'}
      error={
        query.data === undefined && query.error !== null
          ? `The suites cannot be read: ${toFault(query.error).message}`
          : undefined
      }
      data={
        key === undefined || isKnown
          ? groups
          : [
              ...groups,
              {
                group: query.data === undefined ? 'Chosen' : 'No longer in a suite',
                items: [{ value: key, label: value!.testName }],
              },
            ]
      }
      value={key ?? null}
      clearable
      clearButtonProps={{ 'aria-label': 'People close it' }}
      searchable
      disabled={disabled}
      onChange={(next) => {
        if (next === null) onChange(undefined);
        else
          onChange({
            testSuiteId: next.slice(0, next.indexOf(' ')),
            testName: next.slice(next.indexOf(' ') + 1),
          });
      }}
    />
  );
}
