import { ActionIcon, Table, UnstyledButton } from '@mantine/core';
import type { WeightStatistics } from '@noema/contracts/noema/training/v1/model';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { useMemo } from 'react';
import { DataTableView } from '../../parts/data-table.view.js';
import { count, counted, shape } from '../../parts/numbers.js';
import { LanesView, lanesWidth, ROW_HEIGHT } from './lanes.view.js';
import { type GraphLayer, type GraphRow, groupName, type RowLanes } from './layer-graph.js';
import classes from './model-card.module.css';
import { nonFiniteText } from './weight-histogram.js';
import { WeightHistogramView } from './weight-histogram.view.js';

/** The rows of a graph of layers: its lines, names, kinds, shapes, parameters, units, and the largest weight. */
export function LayerRowsView({
  rows,
  lanes,
  weights,
  isRecorded,
  chosen,
  choose,
  isOpen,
  toggle,
}: {
  rows: readonly GraphRow[];
  /** Absent where rows are not the graph but what a search found. */
  lanes: readonly RowLanes[] | undefined;
  weights: readonly WeightStatistics[] | undefined;
  isRecorded: ReadonlySet<string>;
  chosen: string | undefined;
  choose: (name: string) => void;
  isOpen: (key: string) => boolean;
  toggle: (key: string) => void;
}) {
  const width = lanes === undefined ? 0 : lanesWidth(lanes);
  const largest = useMemo(() => largestWeights(weights ?? []), [weights]);
  return (
    <DataTableView minWidth={320} maxHeight={560} fixed spacing={0} label="Layers">
      <Table.Thead>
        <Table.Tr h={ROW_HEIGHT}>
          {lanes !== undefined && (
            <Table.Th w={width} p={0}>
              <span className="visually-hidden">graph</span>
            </Table.Th>
          )}
          <Table.Th>layer</Table.Th>
          <Table.Th w="20%" visibleFrom="sm">
            kind
          </Table.Th>
          <Table.Th w={130} visibleFrom="sm">
            output
          </Table.Th>
          <Table.Th w={116} ta="right">
            parameters
          </Table.Th>
          <Table.Th w={90} ta="right" visibleFrom="sm">
            units
          </Table.Th>
          <Table.Th w={130} visibleFrom="md">
            weights
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map((row, at) => {
          const { key, layers, group, opensGroup } = row;
          const isGroup = layers.length > 1;
          const [layer] = layers as [GraphLayer];
          const name = isGroup ? groupName(layers) : layer.name;
          const units = sum(layers, 'unitCount');
          const parameters = sum(layers, 'parameterCount');
          const weight = isGroup ? undefined : largest.get(layer.name);
          const recorded = layers.filter((one) => isRecorded.has(one.name)).length;
          return (
            <Table.Tr
              key={key}
              h={ROW_HEIGHT}
              className={!isGroup && chosen === layer.name ? classes.chosen : ''}
            >
              {lanes !== undefined && (
                <Table.Td p={0}>
                  <LanesView
                    lanes={lanes[at]!}
                    width={width}
                    mark={isGroup ? 'group' : recorded > 0 ? 'recorded' : 'dot'}
                  />
                </Table.Td>
              )}
              <Table.Td pl={lanes === undefined ? 'md' : 4}>
                <span className={classes.cell}>
                  {group !== undefined && (isGroup || opensGroup) && lanes !== undefined && (
                    <ActionIcon
                      size="sm"
                      variant="subtle"
                      color="gray"
                      aria-label={isGroup ? `Expand ${name}` : `Collapse the block of ${group}`}
                      aria-expanded={isOpen(group)}
                      onClick={() => {
                        toggle(group);
                      }}
                    >
                      {isGroup ? <IconChevronRight size={14} /> : <IconChevronDown size={14} />}
                    </ActionIcon>
                  )}
                  <UnstyledButton
                    className={classes.name}
                    title={name}
                    aria-pressed={isGroup ? undefined : chosen === layer.name}
                    onClick={() => {
                      if (isGroup) toggle(key);
                      else choose(layer.name);
                    }}
                  >
                    {name}
                  </UnstyledButton>
                </span>
              </Table.Td>
              <Table.Td c="dimmed" visibleFrom="sm" className={classes.cut} title={kindsText(layers)}>
                {kindsText(layers)}
              </Table.Td>
              <Table.Td visibleFrom="sm" className={classes.cut} title={shape(layers.at(-1)!.outputDims)}>
                {shape(layers.at(-1)!.outputDims)}
              </Table.Td>
              <Table.Td ta="right">{parameters === 0 ? '–' : count(parameters)}</Table.Td>
              <Table.Td ta="right" visibleFrom="sm">
                {units === 0 ? '–' : count(units)}
              </Table.Td>
              <Table.Td visibleFrom="md">
                {weight === undefined ? null : nonFiniteText(weight) !== undefined ? (
                  <span className={classes.bad}>{nonFiniteText(weight)}</span>
                ) : (
                  <WeightHistogramView weight={weight} height={22} />
                )}
              </Table.Td>
            </Table.Tr>
          );
        })}
      </Table.Tbody>
    </DataTableView>
  );
}

const sum = (layers: readonly GraphLayer[], field: 'unitCount' | 'parameterCount'): number =>
  layers.reduce((total, layer) => total + (layer.isBlock === true ? 0 : layer[field]), 0);

/** The kinds of layers in words: `6 layers: 3 Conv2D, 2 ReLU, Add`. */
function kindsText(layers: readonly GraphLayer[]): string {
  if (layers.length === 1) return layers[0]!.kind === 'Block' ? 'output of a block' : layers[0]!.kind;
  const kinds = new Map<string, number>();
  for (const { kind } of layers) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  const listed = [...kinds]
    .sort(([, a], [, b]) => b - a)
    .map(([kind, times]) => (times === 1 ? kind : `${times} ${kind}`));
  return `${counted(layers.length, 'layer')}: ${listed.join(', ')}`;
}

/** Of each layer the weight with the most values, or one that has values that are not finite. */
function largestWeights(weights: readonly WeightStatistics[]): ReadonlyMap<string, WeightStatistics> {
  const largest = new Map<string, WeightStatistics>();
  const size = (weight: WeightStatistics): number =>
    nonFiniteText(weight) === undefined ? Number(weight.finiteCount) : Infinity;
  for (const weight of weights) {
    const before = largest.get(weight.layer);
    if (before === undefined || size(weight) > size(before)) largest.set(weight.layer, weight);
  }
  return largest;
}
