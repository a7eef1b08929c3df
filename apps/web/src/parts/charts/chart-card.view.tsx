import { ActionIcon, Menu, Tooltip, useComputedColorScheme } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconChartBar, IconDownload, IconTable } from '@tabler/icons-react';
import { type ReactNode, useMemo, useState } from 'react';
import { toFault } from '../../api/query-client.js';
import { SectionView } from '../section.view.js';
import { type ChartMark, type ChartProps, listGroups, listSeries } from './chart.js';
import type { ChartFormat } from './chart-export.js';
import { ChartLegendView } from './chart-legend.view.js';
import { seriesColors } from './chart-look.js';
import { ChartView } from './chart.view.js';
import { MarkTableView } from './mark-table.view.js';

export interface ChartCardProps<Mark extends ChartMark> extends ChartProps<Mark> {
  readonly actions?: ReactNode;
  /** Next to the title, such as a summary with its number of samples. */
  readonly note?: ReactNode;
  /** Below the chart. */
  readonly children?: ReactNode;
}

const isText = ({ kind }: ChartProps['spec']): boolean => kind === 'number' || kind === 'table';

/** A chart in a frame with its title and legend, as a table too, and as a file. */
export function ChartCardView<Mark extends ChartMark>({
  spec,
  data,
  onPick,
  height,
  actions,
  note,
  children,
}: ChartCardProps<Mark>) {
  const ground = useComputedColorScheme('light', { getInitialValueInEffect: false });
  const [isTable, setTable] = useState(false);
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const isDonut = spec.kind === 'donut';
  const names = useMemo(() => (isDonut ? listGroups(data) : listSeries(data)), [data, isDonut]);
  const shown = useMemo(
    () => data.filter(({ x, series }) => !hidden.has(isDonut ? String(x) : (series ?? ''))),
    [data, hidden, isDonut],
  );
  // A hidden series leaves the colours of the others unchanged.
  const colors = useMemo(() => {
    const color = seriesColors(spec, names, ground);
    return Object.fromEntries(names.map((name) => [name, color(name)]));
  }, [spec, names, ground]);
  const colored = useMemo(() => ({ ...spec, colors }), [spec, colors]);
  const other = isTable ? `Show ${spec.title} as a chart` : `Show ${spec.title} as a table`;
  const save = (format: ChartFormat) => (): void => {
    import('./chart-export.js')
      .then(({ saveChart }) => saveChart(format, { spec, data: shown, names }))
      .catch((error: unknown) => {
        notifications.show({ color: 'red', title: 'The export failed', message: toFault(error).message });
      });
  };
  const chart = { spec: colored, data: shown, onPick, height };
  return (
    <SectionView
      title={spec.title}
      note={note}
      actions={
        <>
          {actions}
          {!isText(spec) && (
            <Tooltip label={other}>
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={other}
                aria-pressed={isTable}
                onClick={() => {
                  setTable(!isTable);
                }}
              >
                {isTable ? <IconChartBar size={16} /> : <IconTable size={16} />}
              </ActionIcon>
            </Tooltip>
          )}
          <Menu position="bottom-end">
            <Menu.Target>
              <ActionIcon variant="subtle" color="gray" aria-label={`Save ${spec.title}`}>
                <IconDownload size={16} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={save('csv')}>CSV, the numbers</Menu.Item>
              {!isText(spec) && <Menu.Item onClick={save('svg')}>SVG, a drawing</Menu.Item>}
              {!isText(spec) && <Menu.Item onClick={save('png')}>PNG, a picture</Menu.Item>}
            </Menu.Dropdown>
          </Menu>
        </>
      }
    >
      {names.some((name) => name !== '') && !isText(spec) && (
        <ChartLegendView
          title={spec.seriesTitle}
          names={names}
          color={(name) => colors[name]!}
          hidden={hidden}
          onToggle={(name) => {
            setHidden((now) =>
              now.has(name) ? new Set([...now].filter((one) => one !== name)) : new Set([...now, name]),
            );
          }}
        />
      )}
      {isTable ? <MarkTableView {...(chart as unknown as ChartProps)} /> : <ChartView {...chart} />}
      {children}
    </SectionView>
  );
}
