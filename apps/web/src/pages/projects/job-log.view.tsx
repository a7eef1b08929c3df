import { ActionIcon, Badge, Box, Group, Stack, Text, Tooltip } from '@mantine/core';
import { type JobLogEntry, LogLevel } from '@noema/contracts/noema/jobs/v1/job';
import { IconDownload, IconListDetails } from '@tabler/icons-react';
import { EmptyView } from '../../parts/empty.view.js';
import { FaultDetailsView } from '../../parts/fault-details.view.js';
import { dateTime, toMs } from '../../parts/instants.js';
import { counted } from '../../parts/numbers.js';
import { QueryView } from '../../parts/query.view.js';
import { saveText } from '../../parts/save.js';
import { SectionView } from '../../parts/section.view.js';
import classes from './job-log.module.css';
import { type JobAddress, useJobLog } from '../../features/jobs/job.query.js';
import { LEVELS, logText, formatPlace } from './job-log.js';

/** Log of a job, oldest first. */
export function JobLogView({ service, jobId, open }: JobAddress & { open: boolean }) {
  const log = useJobLog({ service, jobId }, open);
  const save = (): void => {
    saveText(`${service}-${jobId}.log`, 'text/plain', logText(log.data ?? []));
  };
  return (
    <SectionView
      title="Log"
      flush
      note={log.data === undefined ? undefined : counted(log.data.length, 'entry', 'entries')}
      actions={
        log.data !== undefined &&
        log.data.length > 0 && (
          <Tooltip label="Save the log">
            <ActionIcon variant="subtle" color="gray" aria-label="Save the log" onClick={save}>
              <IconDownload size={16} />
            </ActionIcon>
          </Tooltip>
        )
      }
    >
      <QueryView query={log} lines={5}>
        {(entries) =>
          entries.length === 0 ? (
            <EmptyView
              icon={<IconListDetails />}
              title={open ? 'Nothing happened yet' : 'Nothing was written down'}
            >
              Each attempt of each shard is written down here, with why it failed.
            </EmptyView>
          ) : (
            <Box className={classes.log} role="log" aria-label="Log of the job" tabIndex={0}>
              {entries.map((entry, at) => (
                <Entry key={at} entry={entry} />
              ))}
            </Box>
          )
        }
      </QueryView>
    </SectionView>
  );
}

function Entry({ entry }: { entry: JobLogEntry }) {
  const ms = toMs(entry.time);
  const level = LEVELS[entry.level];
  return (
    <div className={classes.entry}>
      <time
        className={classes.time}
        dateTime={ms === undefined ? '' : new Date(ms).toISOString()}
        title={ms === undefined ? '' : dateTime(ms)}
      >
        {ms === undefined ? '' : new Date(ms).toLocaleTimeString('en-GB')}
      </time>
      <Badge size="xs" variant="light" color={level.color} tt="none" fw={550} className={classes.level}>
        {level.label}
      </Badge>
      <Text
        size="xs"
        c="dimmed"
        className={classes.place}
        title={entry.workerId === '' ? '' : `worker ${entry.workerId}`}
      >
        {formatPlace(entry)}
      </Text>
      <Stack gap={2} style={{ minWidth: 0 }}>
        <Text size="sm" c={entry.level === LogLevel.ERROR ? 'red' : ''} style={{ overflowWrap: 'anywhere' }}>
          {entry.message}
        </Text>
        {entry.fault !== undefined && !entry.message.includes(entry.fault.message) && (
          <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            {entry.fault.message}
          </Text>
        )}
        {entry.fault !== undefined && (
          <Group gap="xs">
            <FaultDetailsView fault={entry.fault} />
          </Group>
        )}
      </Stack>
    </div>
  );
}
