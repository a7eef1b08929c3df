import { Button, Group, Loader, Popover, Stack, Table, Text } from '@mantine/core';
import type { SanityCheck } from '@noema/contracts/noema/explanations/v1/sanity_check';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import {
  IconAlertTriangle,
  IconChevronDown,
  IconHelpCircle,
  IconShieldCheck,
  IconShieldX,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { ActionView } from '../../parts/action.view.js';
import { FaultView } from '../../parts/fault.view.js';
import { methodTitle, useMethods } from '../../parts/methods.query.js';
import { value } from '../../parts/numbers.js';
import { useRights } from '../../parts/role.query.js';
import { jobIsOpen } from '../../parts/states.js';
import { type CheckedEpoch, useSanityCheck, useStartSanityCheck } from './sanity-check.query.js';
import { useLiveJob } from '../jobs/job.query.js';
import { progressText } from '../jobs/job-kinds.js';

/**
 * Whether the heat maps of a model depend on what it has learned (Adebayo et al. 2018): passed, failed, being
 * checked or not checked yet. A click explains it; the button next to it starts the check where there is
 * none.
 */
export function SanityBadgeView(epoch: CheckedEpoch) {
  const check = useSanityCheck(epoch);
  const start = useStartSanityCheck(epoch);
  const found = check.data ?? undefined;
  const { noEdit } = useRights();
  const look = toLook(found, check.error !== null);
  return (
    <Group gap={6} wrap="nowrap">
      <Popover width={400} position="bottom-start" withArrow shadow="md" trapFocus returnFocus>
        <Popover.Target>
          <Button
            size="compact-sm"
            variant="light"
            color={look.color}
            fw={550}
            leftSection={look.icon}
            rightSection={<IconChevronDown size={14} />}
            aria-label={`${look.label}: what that means`}
          >
            {look.label}
          </Button>
        </Popover.Target>
        <Popover.Dropdown>
          <Stack gap="sm">
            <Text size="sm">{look.text}</Text>
            <Text size="xs" c="dimmed">
              The weights are made random layer by layer, from the output to the input. A heat map that stays
              the same does not show what the model has learned (Adebayo et al. 2018).
            </Text>
            {check.error !== null && (
              <FaultView
                error={check.error}
                retry={() => {
                  void check.refetch();
                }}
              />
            )}
            {found !== undefined && found.results.length > 0 && <Results check={found} />}
            {found !== undefined && jobIsOpen(found.state) && <Working check={found} />}
            {found?.state === JobState.FAILED && (
              <Text size="sm" c="red" style={{ overflowWrap: 'anywhere' }}>
                {found.fault?.message}
              </Text>
            )}
            {start.error !== null && <FaultView error={start.error} />}
          </Stack>
        </Popover.Dropdown>
      </Popover>
      {check.data === null && (
        <ActionView
          size="compact-sm"
          variant="subtle"
          off={noEdit}
          loading={start.isPending}
          onClick={() => {
            start.mutate();
          }}
        >
          Verify
        </ActionView>
      )}
    </Group>
  );
}

interface Look {
  label: string;
  color: string;
  icon: ReactNode;
  text: string;
}

function toLook(check: SanityCheck | undefined, unknown: boolean): Look {
  if (unknown)
    return {
      label: 'Heat maps: check unknown',
      color: 'gray',
      icon: <IconAlertTriangle size={14} />,
      text: 'Whether the heat maps of this model were checked cannot be said now.',
    };
  if (check === undefined)
    return {
      label: 'Heat maps not verified',
      color: 'gray',
      icon: <IconHelpCircle size={14} />,
      text: 'The heat maps of this model were not checked yet.',
    };
  if (jobIsOpen(check.state))
    return {
      label: 'Heat maps being verified',
      color: 'blue',
      icon: <Loader size={12} color="currentColor" />,
      text: 'The heat maps of this model are being checked.',
    };
  if (check.state !== JobState.SUCCEEDED)
    return {
      label: 'Heat maps: check failed',
      color: 'yellow',
      icon: <IconAlertTriangle size={14} />,
      text: 'The check itself did not finish, so nothing is known.',
    };
  const failed = check.results.filter(({ passed }) => !passed).length;
  if (failed === 0)
    return {
      label: 'Heat maps verified',
      color: 'green',
      icon: <IconShieldCheck size={14} />,
      text: 'The heat maps of this model change with its weights: they show what it has learned.',
    };
  return {
    label: `Heat maps: ${failed} of ${check.results.length} fail the check`,
    color: 'red',
    icon: <IconShieldX size={14} />,
    text:
      'Some heat maps stay the same when the weights of this model are random. Do not take them for ' +
      'explanations.',
  };
}

function Results({ check }: { check: SanityCheck }) {
  const explainers = useMethods('explanations', 'explainer');
  return (
    <Table fz="xs" verticalSpacing={4} captionSide="bottom">
      <Table.Caption fz="xs" ta="left">
        Rank correlation with the maps of the trained model once all weights are random; below 0.5 as drawn
        passes. The sizes, without signs, stay similar where the input is empty: when only they are high, red
        and blue come from what was learned, the outline from the input.
      </Table.Caption>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>algorithm</Table.Th>
          <Table.Th ta="right">as drawn</Table.Th>
          <Table.Th ta="right">sizes only</Table.Th>
          <Table.Th>result</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {check.results.map(({ method, steps, passed }) => (
          <Table.Tr key={method}>
            <Table.Td style={{ whiteSpace: 'nowrap' }}>{methodTitle(explainers, method)}</Table.Td>
            <Table.Td
              ta="right"
              title={steps
                .map(({ layer, rankCorrelation }) => `${layer}: ${value(rankCorrelation)}`)
                .join('\n')}
            >
              {value(steps.at(-1)?.rankCorrelation)}
            </Table.Td>
            <Table.Td
              ta="right"
              title={steps
                .map(({ layer, sizeRankCorrelation }) => `${layer}: ${value(sizeRankCorrelation)}`)
                .join('\n')}
            >
              {value(steps.at(-1)?.sizeRankCorrelation)}
            </Table.Td>
            <Table.Td c={passed ? 'green' : 'red'}>{passed ? 'passed' : 'failed'}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Working({ check }: { check: SanityCheck }) {
  const { query } = useLiveJob({ service: 'explanations', jobId: check.jobId });
  return (
    <Group gap="xs" aria-live="polite">
      <Loader size="xs" />
      <Text size="sm">{progressText(query.data?.job?.progress) || 'waits for a worker'}</Text>
    </Group>
  );
}
