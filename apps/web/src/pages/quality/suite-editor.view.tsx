import { Alert, Divider, SimpleGrid, Stack } from '@mantine/core';
import type { Slice } from '@noema/contracts/noema/datasets/v1/slice';
import type { Task } from '@noema/contracts/noema/type/v1/task';
import { type ReactNode, useState } from 'react';
import {
  type DocumentText,
  moveEntry,
  putEntry,
  putSlice,
  readEntry,
  removeEntry,
  removeSlice,
} from '../../features/document/document-text.js';
import { EntryRowView } from '../../features/document/entry-row.view.js';
import { YamlFieldView } from '../../features/document/yaml-field.view.js';
import { SectionView } from '../../parts/section.view.js';
import { SliceFormView } from './slice-form.view.js';
import { listMetrics, newTest, readTest, writeTest } from './test-fields.js';
import { TestFormView } from './test-form.view.js';

/** The slices and tests of a suite as forms, next to the YAML that they are written in. */
export function SuiteEditorView({
  text,
  read,
  task,
  knownSlices,
  children,
  onChange,
}: {
  text: string;
  read: DocumentText;
  /** Task of the newest run. */
  task: Task | undefined;
  knownSlices: readonly Slice[];
  /** Settings of the suite. */
  children: ReactNode;
  onChange: (text: string) => void;
}) {
  const [edited, setEdited] = useState<number>();
  const { fault, document } = read;
  const slices = [...(document?.slices ?? [])];
  const tests = document?.tests ?? [];
  const shared = { metrics: listMetrics(task), slices: slices.map(([name]) => name) };
  const otherNames = (own?: number): string[] => tests.flatMap(({ name }, at) => (at === own ? [] : [name]));
  return (
    <SectionView title="Tests of the suite">
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
        <Stack gap="xs" miw={0}>
          {fault !== undefined ? (
            <Alert color="yellow" title="The form needs a text without errors">
              Line {fault.line}: {fault.message}
            </Alert>
          ) : (
            <>
              <SliceFormView
                slices={slices.map(([name, { where }]) => [name, where])}
                known={knownSlices}
                onPut={(name, where) => {
                  onChange(putSlice(text, name, where));
                }}
                onRemove={(name) => {
                  onChange(removeSlice(text, name));
                }}
              />
              <Divider />
              {tests.map(({ name }, at) =>
                edited === at ? (
                  <TestFormView
                    key={at}
                    initial={readTest(readEntry(text, 'tests', at))}
                    {...shared}
                    otherNames={otherNames(at)}
                    label="Change test"
                    onSave={(fields) => {
                      onChange(putEntry(text, 'tests', writeTest(fields), at));
                      setEdited(undefined);
                    }}
                    onCancel={() => {
                      setEdited(undefined);
                    }}
                  />
                ) : (
                  <EntryRowView
                    key={at}
                    title={name}
                    isFirst={at === 0}
                    isLast={at === tests.length - 1}
                    onMove={(by) => {
                      onChange(moveEntry(text, 'tests', at, by));
                    }}
                    onChange={() => {
                      setEdited(at);
                    }}
                    onRemove={() => {
                      setEdited(undefined);
                      onChange(removeEntry(text, 'tests', at));
                    }}
                  />
                ),
              )}
              {edited === undefined && (
                <TestFormView
                  key={tests.length}
                  initial={newTest(task)}
                  {...shared}
                  otherNames={otherNames()}
                  label="Add test"
                  onSave={(fields) => {
                    onChange(putEntry(text, 'tests', writeTest(fields)));
                  }}
                />
              )}
            </>
          )}
        </Stack>
        <Stack gap="md" miw={0}>
          {children}
          <YamlFieldView text={text} fault={fault} onChange={onChange} />
        </Stack>
      </SimpleGrid>
    </SectionView>
  );
}
