import { Button, Group, Pill, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconAffiliate, IconLayoutGrid } from '@tabler/icons-react';
import { useState } from 'react';
import { useNavigate } from 'react-router-dom';
import { toFault } from '../../api/query-client.js';
import { links } from '../../parts/address/links.js';
import { count, counted } from '../../parts/numbers.js';
import classes from './dashboard.module.css';
import type { CrossFilter } from './dashboard.state.js';
import type { DashboardField } from './dashboard-fields.js';
import { type ChosenVersion, type FrameLoader, toMapColumn } from './dashboard.query.js';
import { mapFilters } from './sample-links.js';

/** The filters of chosen marks, how many samples meet all, and the way to them. */
export function FilterBarView({
  loader,
  current,
  filters,
  fields,
  titles,
  matching,
  rows,
  onChange,
}: {
  loader: FrameLoader;
  current: ChosenVersion;
  filters: readonly CrossFilter[];
  fields: readonly DashboardField[];
  /** Titles of the charts. */
  titles: readonly string[];
  matching: number;
  rows: number;
  onChange: (filters: readonly CrossFilter[]) => void;
}) {
  const navigate = useNavigate();
  const [isOpening, setOpening] = useState(false);
  const open = (view: 'samples' | 'map'): void => {
    const wheres = filters.map(({ where }) => where);
    setOpening(true);
    loader.worker
      .rows(wheres)
      .then(async (found) => {
        const entries = mapFilters(found, {
          count: rows,
          filters: wheres,
          fields,
          toColumn: (field) => toMapColumn(current, field),
        });
        if (entries === undefined) {
          notifications.show({
            color: 'yellow',
            title: 'Too many samples for an address',
            message: `An address cannot name ${counted(found.length, 'sample')}; choose a smaller mark.`,
          });
          return;
        }
        const path = links.population(current.run.projectId, current.run.id, {
          epoch: current.epoch,
          samples: view === 'samples' ? 'shown' : undefined,
        });
        const more = new URLSearchParams(entries.map(([key, value]) => [key, value]));
        await navigate(`${path}&${more.toString()}`);
      })
      .catch((error: unknown) => {
        notifications.show({
          color: 'red',
          title: 'The samples cannot open',
          message: toFault(error).message,
        });
      })
      .finally(() => {
        setOpening(false);
      });
  };
  const button = { size: 'xs', variant: 'default', loading: isOpening, className: classes.hidden } as const;
  return (
    <Group gap="xs" className={classes.filters} role="group" aria-label="Filters of the charts">
      <Text size="sm" aria-live="polite">
        {matching === rows
          ? counted(rows, 'sample')
          : `${count(matching)} of ${counted(rows, 'sample')} match`}
      </Text>
      {filters.map((filter) => (
        <Pill
          key={`${filter.chart}:${filter.where}`}
          size="md"
          withRemoveButton
          title={`Chosen in ${titles[filter.chart] ?? 'a chart'}`}
          removeButtonProps={{
            'aria-label': `Remove the filter ${filter.where}`,
            'aria-hidden': false,
            tabIndex: 0,
          }}
          onRemove={() => {
            onChange(filters.filter((one) => one !== filter));
          }}
        >
          {filter.where}
        </Pill>
      ))}
      {filters.length > 1 && (
        <Button
          size="xs"
          variant="subtle"
          className={classes.hidden}
          onClick={() => {
            onChange([]);
          }}
        >
          Clear all
        </Button>
      )}
      <Button
        {...button}
        leftSection={<IconLayoutGrid size={14} />}
        disabled={matching === 0}
        onClick={() => {
          open('samples');
        }}
      >
        Samples
      </Button>
      <Button
        {...button}
        leftSection={<IconAffiliate size={14} />}
        disabled={matching === 0}
        onClick={() => {
          open('map');
        }}
      >
        Map
      </Button>
    </Group>
  );
}
