import { ActionIcon, Alert, Group, SimpleGrid, Stack, Text, Textarea, Tooltip } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconPencil, IconTrash } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { SectionView } from '../../parts/section.view.js';
import type { DashboardField } from './dashboard-fields.js';
import { ChartFormView } from './chart-form.view.js';
import classes from './dashboard.module.css';
import { type DashboardText, moveChart, putChart, readChart, removeChart } from './dashboard-text.js';

/** Time without typing after which the text is read, in milliseconds. */
const PAUSE_MS = 400;

/** The charts of a dashboard as a form, next to the YAML that they are written in. */
export function DashboardEditorView({
  text,
  read,
  titles,
  slices,
  fields,
  onChange,
}: {
  text: string;
  read: DashboardText;
  titles: readonly string[];
  slices: readonly string[];
  fields: readonly DashboardField[];
  onChange: (text: string) => void;
}) {
  const [typed, setTyped] = useState(text);
  const [edited, setEdited] = useState<number>();
  useEffect(() => {
    setTyped(text);
  }, [text]);
  useEffect(() => {
    if (typed === text) return undefined;
    const timer = setTimeout(() => {
      onChange(typed);
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [typed, text, onChange]);
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
                  initial={readChart(text, at)}
                  fields={fields}
                  slices={slices}
                  label="Change chart"
                  onSave={(chart) => {
                    onChange(putChart(text, chart, at));
                    setEdited(undefined);
                  }}
                  onCancel={() => {
                    setEdited(undefined);
                  }}
                />
              ) : (
                <Group key={at} gap={4} wrap="nowrap">
                  <Text size="sm" truncate style={{ flex: 1 }} title={title}>
                    {title}
                  </Text>
                  <ToolView
                    label={`Move ${title} up`}
                    icon={<IconArrowUp size={16} />}
                    off={at === 0}
                    onClick={() => {
                      onChange(moveChart(text, at, -1));
                    }}
                  />
                  <ToolView
                    label={`Move ${title} down`}
                    icon={<IconArrowDown size={16} />}
                    off={at === titles.length - 1}
                    onClick={() => {
                      onChange(moveChart(text, at, 1));
                    }}
                  />
                  <ToolView
                    label={`Change ${title}`}
                    icon={<IconPencil size={16} />}
                    onClick={() => {
                      setEdited(at);
                    }}
                  />
                  <ToolView
                    label={`Remove ${title}`}
                    icon={<IconTrash size={16} />}
                    onClick={() => {
                      setEdited(undefined);
                      onChange(removeChart(text, at));
                    }}
                  />
                </Group>
              ),
            )
          )}
          {fault === undefined && edited === undefined && (
            <ChartFormView
              key={titles.length}
              initial={{ mark: 'bar' }}
              fields={fields}
              slices={slices}
              label="Add chart"
              onSave={(chart) => {
                onChange(putChart(text, chart));
              }}
            />
          )}
        </Stack>
        <Textarea
          label="YAML"
          autosize
          minRows={14}
          maxRows={32}
          spellCheck={false}
          classNames={{ input: classes.yaml ?? '' }}
          value={typed}
          error={fault === undefined ? undefined : `Line ${fault.line}: ${fault.message}`}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
          }}
        />
      </SimpleGrid>
    </SectionView>
  );
}

function ToolView({
  label,
  icon,
  off = false,
  onClick,
}: {
  label: string;
  icon: React.ReactNode;
  off?: boolean;
  onClick: () => void;
}) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" aria-label={label} disabled={off} onClick={onClick}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}
