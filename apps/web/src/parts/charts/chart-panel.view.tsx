import { ActionIcon, SegmentedControl, Table, Tooltip, UnstyledButton } from '@mantine/core';
import { IconChartLine, IconDownload, IconTable } from '@tabler/icons-react';
import { type ReactNode, useMemo, useState } from 'react';
import { SectionView } from '../section.view.js';
import { saveText } from '../save.js';
import classes from './line-chart.module.css';
import { LineChartView, type LineChartProps } from './line-chart.view.js';
import { formatCsv, listPlaces, valueAt } from './line-series.js';
import { SwatchView } from './line-tooltip.view.js';

interface ChartPanel extends Omit<LineChartProps, 'log' | 'label'> {
  title: string;
  /** Whether the y axis can be logarithmic. */
  canLog?: boolean;
  /** Name of the file that its numbers are saved in, without ending. */
  fileName: string;
  actions?: ReactNode;
}

/** A line chart with its legend, as a table too, with a logarithmic axis, and its numbers as a file. */
export function ChartPanelView({
  title,
  canLog = false,
  fileName,
  series,
  step,
  format,
  actions,
  ...chart
}: ChartPanel) {
  const [log, setLog] = useState(false);
  const [asTable, setAsTable] = useState(false);
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const seen = useMemo(() => series.filter(({ key }) => !hidden.has(key)), [series, hidden]);
  const toggle = (key: string): void => {
    setHidden((now) => new Set(now.has(key) ? [...now].filter((other) => other !== key) : [...now, key]));
  };
  const other = asTable ? `Show ${title} as a chart` : `Show ${title} as a table`;
  return (
    <SectionView
      title={title}
      actions={
        <>
          {actions}
          {canLog && !asTable && (
            <SegmentedControl
              size="xs"
              value={log ? 'log' : 'linear'}
              onChange={(value) => {
                setLog(value === 'log');
              }}
              data={['linear', 'log']}
              aria-label={`Scale of ${title}`}
            />
          )}
          <Tooltip label={other}>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={other}
              aria-pressed={asTable}
              onClick={() => {
                setAsTable(!asTable);
              }}
            >
              {asTable ? <IconChartLine size={16} /> : <IconTable size={16} />}
            </ActionIcon>
          </Tooltip>
          <Tooltip label="Save as CSV">
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`Save ${title} as CSV`}
              onClick={() => {
                saveText(`${fileName}.csv`, 'text/csv', formatCsv(series, step));
              }}
            >
              <IconDownload size={16} />
            </ActionIcon>
          </Tooltip>
        </>
      }
    >
      <div className={classes.legend}>
        {series.map((line) => (
          <UnstyledButton
            key={line.key}
            className={classes.key}
            aria-pressed={!hidden.has(line.key)}
            title={line.label}
            onClick={() => {
              toggle(line.key);
            }}
          >
            <SwatchView line={line} />
            <span className={classes.name}>{line.label}</span>
          </UnstyledButton>
        ))}
      </div>
      {asTable ? (
        <SeriesTable series={seen} step={step} format={format} height={chart.height ?? 240} />
      ) : (
        <LineChartView label={title} series={seen} step={step} format={format} log={log} {...chart} />
      )}
    </SectionView>
  );
}

function SeriesTable({
  series,
  step,
  format,
  height,
}: Pick<LineChartProps, 'series' | 'step' | 'format'> & { height: number }) {
  return (
    <Table.ScrollContainer
      minWidth={0}
      maxHeight={height}
      style={{ minHeight: height }}
      type="native"
      tabIndex={0}
      role="region"
      aria-label="Values of the chart"
    >
      <Table stickyHeader verticalSpacing={4} fz="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{step}</Table.Th>
            {series.map((line) => (
              <Table.Th data-verbatim key={line.key} ta="right">
                {line.label}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {listPlaces(series).map((x) => (
            <Table.Tr key={x}>
              <Table.Td>{x}</Table.Td>
              {series.map((line) => (
                <Table.Td key={line.key} ta="right">
                  {format(valueAt(line, x))}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
