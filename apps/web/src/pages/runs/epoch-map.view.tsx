import { Loader, Skeleton, Table, Tooltip } from '@mantine/core';
import { type Job, JobState } from '@noema/contracts/noema/jobs/v1/job';
import { IconAlertTriangle, IconCheck, IconClock, IconMinus, IconPlayerStop } from '@tabler/icons-react';
import type { CSSProperties } from 'react';
import { Link } from 'react-router-dom';
import { links } from '../../parts/address/links.js';
import { trust } from '../../parts/numbers.js';
import { JOB_LOOKS } from '../../parts/states.js';
import classes from './epoch-table.module.css';
import type { EpochLineage } from './lineage.js';

/** Cells of an epoch: what was made of it, step by step, and the trust numbers of its map. */
export function EpochMapCellsView({
  projectId,
  made,
}: {
  projectId: string;
  made: EpochLineage | undefined;
}) {
  if (made === undefined)
    return (
      <>
        <Table.Td>
          <Skeleton h={20} w={90} />
        </Table.Td>
        <Table.Td>
          <Skeleton h={14} />
        </Table.Td>
        <Table.Td>
          <Skeleton h={14} />
        </Table.Td>
      </>
    );
  const { set, map } = made;
  // The neighbor graph has no state of its own here: it exists once the map has started.
  const graph =
    map !== undefined ? JobState.SUCCEEDED : set?.state === JobState.SUCCEEDED ? JobState.RUNNING : undefined;
  const doubts = map?.warnings.find(({ reason }) => DOUBTS.has(reason))?.message;
  return (
    <>
      <Table.Td>
        <span className={classes.steps}>
          <Step
            what="responses"
            state={set?.state}
            fault={set?.fault?.message}
            to={
              set === undefined || set.jobId === ''
                ? undefined
                : links.job(projectId, 'activations', set.jobId)
            }
          />
          <Step what="neighbors" state={graph} />
          <Step
            what="map"
            state={map?.state}
            fault={map?.fault?.message}
            to={
              map === undefined || map.jobId === ''
                ? undefined
                : links.job(projectId, 'projection', map.jobId)
            }
          />
        </span>
      </Table.Td>
      <Table.Td ta="right">
        {doubts !== undefined && (
          <Tooltip label={doubts} multiline maw={320}>
            <span role="img" aria-label={doubts} tabIndex={0}>
              <IconAlertTriangle size={13} color="var(--mantine-color-orange-6)" />
            </span>
          </Tooltip>
        )}{' '}
        {trust(map?.trust?.trustworthiness)}
      </Table.Td>
      <Table.Td ta="right">{trust(map?.trust?.continuity)}</Table.Td>
    </>
  );
}

/** Warnings that are about the numbers of trust. */
const DOUBTS: ReadonlySet<string> = new Set(['NO_BETTER_THAN_RANDOM', 'FEW_SAMPLES']);

const SIGNS = {
  waits: <IconClock size={13} />,
  works: <Loader size={11} color="currentColor" />,
  done: <IconCheck size={13} stroke={2.6} />,
  stopped: <IconPlayerStop size={13} />,
  failed: <IconAlertTriangle size={13} />,
};

function Step({
  what,
  state,
  fault,
  to,
}: {
  what: string;
  state: Job['state'] | undefined;
  fault?: string | undefined;
  to?: string | undefined;
}) {
  const look = state === undefined ? undefined : JOB_LOOKS[state];
  const text = `${what}: ${look?.label ?? 'not started'}${fault === undefined ? '' : `; ${fault}`}`;
  const shown = {
    className: classes.step,
    'aria-label': text,
    style: { '--step-color': `var(--mantine-color-${look?.color ?? 'gray'}-6)` } as CSSProperties,
  };
  const sign = look === undefined ? <IconMinus size={13} /> : SIGNS[look.look];
  return (
    <Tooltip label={text} multiline maw={320}>
      {to === undefined ? (
        <span {...shown} role="img">
          {sign}
        </span>
      ) : (
        <Link {...shown} to={to}>
          {sign}
        </Link>
      )}
    </Tooltip>
  );
}
