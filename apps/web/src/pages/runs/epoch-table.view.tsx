import { ActionIcon, Button, Table, Tooltip, VisuallyHidden } from '@mantine/core';
import type { Epoch } from '@noema/contracts/noema/training/v1/epoch';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import { IconAffiliate } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'react-router-dom';
import { links } from '../../parts/address/links.js';
import { DataTableView } from '../../parts/data-table.view.js';
import { EmptyView } from '../../parts/empty.view.js';
import { count, duration, metricValue, value } from '../../parts/numbers.js';
import { splitName } from '../../parts/address/split.js';
import { listSplits, metricNames, readMetric, splitOfEpoch } from '../../features/runs/epoch-series.js';
import { buildLineage } from './lineage.js';
import type { Lineage } from './lineage.query.js';
import { EpochMapCellsView } from './epoch-map.view.js';
import { plainName } from '../../parts/plain-name.js';

/** Epochs that are shown at first. */
const FIRST = 50;

/** The numbers of every epoch, the newest on top, with its map and how far that can be trusted. */
export function EpochTableView({
  run,
  epochs,
  lineage,
}: {
  run: Run;
  epochs: readonly Epoch[];
  lineage: Lineage | undefined;
}) {
  const [all, setAll] = useState(false);
  if (epochs.length === 0)
    return (
      <EmptyView icon={<IconAffiliate />} title="No epoch is done yet">
        After each epoch all samples are evaluated and mapped; the numbers appear here.
      </EmptyView>
    );
  const splits = listSplits(epochs);
  const metric = metricNames(epochs)[0];
  const rows = [...epochs].reverse();
  return (
    <>
      <DataTableView minWidth={1080} maxHeight={460}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>epoch</Table.Th>
            {splits.map((split) => (
              <Table.Th key={`loss${split}`} ta="right">
                loss, {splitName(split)}
              </Table.Th>
            ))}
            {metric !== undefined &&
              splits.map((split) => (
                <Table.Th key={`metric${split}`} ta="right">
                  {plainName(metric)}, {splitName(split)}
                </Table.Th>
              ))}
            <Table.Th ta="right">time</Table.Th>
            <Table.Th ta="right">samples/s</Table.Th>
            <Table.Th>responses · neighbors · map</Table.Th>
            <Table.Th ta="right">
              <Tooltip
                label="Neighbors in the map are neighbors in perception space, 0 to 1"
                multiline
                maw={240}
              >
                <span tabIndex={0}>trustworthiness</span>
              </Tooltip>
            </Table.Th>
            <Table.Th ta="right">
              <Tooltip
                label="Neighbors in perception space are neighbors in the map, 0 to 1"
                multiline
                maw={240}
              >
                <span tabIndex={0}>continuity</span>
              </Tooltip>
            </Table.Th>
            <Table.Th>
              <VisuallyHidden>population</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {(all ? rows : rows.slice(0, FIRST)).map((epoch) => {
            const made = lineage === undefined ? undefined : buildLineage(epoch.epoch, lineage);
            const to = links.population(run.projectId, run.id, { epoch: epoch.epoch });
            return (
              <Table.Tr key={epoch.epoch}>
                <Table.Td fw={600}>{epoch.epoch}</Table.Td>
                {splits.map((split) => (
                  <NumberCell key={`loss${split}`} text={value(splitOfEpoch(epoch, split)?.loss)} />
                ))}
                {metric !== undefined &&
                  splits.map((split) => (
                    <NumberCell
                      key={`metric${split}`}
                      text={metricValue(metric, readMetric(splitOfEpoch(epoch, split), metric))}
                    />
                  ))}
                <NumberCell text={duration(epoch.seconds * 1_000)} />
                <NumberCell text={count(epoch.samplesPerSecond)} />
                <EpochMapCellsView projectId={run.projectId} made={made} />
                <Table.Td>
                  <Tooltip label={`Population after epoch ${epoch.epoch}`}>
                    <ActionIcon
                      component={Link}
                      to={to}
                      variant="subtle"
                      size="sm"
                      aria-label={`Population after epoch ${epoch.epoch}`}
                    >
                      <IconAffiliate size={16} />
                    </ActionIcon>
                  </Tooltip>
                </Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </DataTableView>
      {!all && rows.length > FIRST && (
        <Button
          variant="subtle"
          size="xs"
          m="xs"
          onClick={() => {
            setAll(true);
          }}
        >
          Show all {count(rows.length)} epochs
        </Button>
      )}
    </>
  );
}

const NumberCell = ({ text }: { text: string }) => (
  <Table.Td ta="right" c={text === 'NaN' || text === '∞' ? 'red' : ''} style={{ whiteSpace: 'nowrap' }}>
    {text}
  </Table.Td>
);
