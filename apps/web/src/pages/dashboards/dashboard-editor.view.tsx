import { Alert, SimpleGrid, Stack } from '@mantine/core';
import { useState } from 'react';
import {
  type DocumentText,
  moveEntry,
  putEntry,
  readEntry,
  removeEntry,
} from '../../features/document/document-text.js';
import { EntryRowView } from '../../features/document/entry-row.view.js';
import { YamlFieldView } from '../../features/document/yaml-field.view.js';
import { SectionView } from '../../parts/section.view.js';
import type { DashboardField } from './dashboard-fields.js';
import { ChartFormView } from './chart-form.view.js';

/** The charts of a dashboard as a form, next to the YAML that they are written in. */
export function DashboardEditorView({
  text,
  read,
  titles,
  slices,
  fields,
  classNames,
  onChange,
}: {
  text: string;
  read: DocumentText;
  titles: readonly string[];
  slices: readonly string[];
  fields: readonly DashboardField[];
  classNames: readonly string[];
  onChange: (text: string) => void;
}) {
  const [edited, setEdited] = useState<number>();
  const { fault } = read;
  return (
    <SectionView title="Charts of the dashboard">
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
        <Stack gap="xs">
          {fault !== undefined ? (
            <Alert color="yellow" title="The form needs a text without errors">
              Line {fault.line}: {fault.message}
            </Alert>
          ) : (
            titles.map((title, at) =>
              edited === at ? (
                <ChartFormView
                  key={at}
                  initial={readEntry(text, 'charts', at)}
                  fields={fields}
                  slices={slices}
                  classNames={classNames}
                  label="Change chart"
                  onSave={(chart) => {
                    onChange(putEntry(text, 'charts', chart, at));
                    setEdited(undefined);
                  }}
                  onCancel={() => {
                    setEdited(undefined);
                  }}
                />
              ) : (
                <EntryRowView
                  key={at}
                  title={title}
                  isFirst={at === 0}
                  isLast={at === titles.length - 1}
                  onMove={(by) => {
                    onChange(moveEntry(text, 'charts', at, by));
                  }}
                  onChange={() => {
                    setEdited(at);
                  }}
                  onRemove={() => {
                    setEdited(undefined);
                    onChange(removeEntry(text, 'charts', at));
                  }}
                />
              ),
            )
          )}
          {fault === undefined && edited === undefined && (
            <ChartFormView
              key={titles.length}
              initial={{ mark: 'bar' }}
              fields={fields}
              slices={slices}
              classNames={classNames}
              label="Add chart"
              onSave={(chart) => {
                onChange(putEntry(text, 'charts', chart));
              }}
            />
          )}
        </Stack>
        <YamlFieldView text={text} fault={fault} onChange={onChange} />
      </SimpleGrid>
    </SectionView>
  );
}
