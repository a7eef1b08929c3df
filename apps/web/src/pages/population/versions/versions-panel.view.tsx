import { Alert, Button, Group, List, Skeleton, Stack, Text } from '@mantine/core';
import type { Outcome } from '@noema/evaluation';
import { IconArrowsExchange, IconMap2, IconX } from '@tabler/icons-react';
import { useNavigate } from 'react-router-dom';
import { OutputChoiceView } from '../../../features/runs/output-choice.view.js';
import { listOutputs } from '../../../features/runs/outputs-note.js';
import { useRuns } from '../../../features/runs/run.query.js';
import { useSlices } from '../../../features/selection/slices.query.js';
import { links } from '../../../parts/address/links.js';
import { FaultView } from '../../../parts/fault.view.js';
import { count, counted } from '../../../parts/numbers.js';
import { QueryView } from '../../../parts/query.view.js';
import { formatVersion } from '../maps/version-choice.js';
import { usePopulation } from '../model/population-context.js';
import { CHANGE, changeColumn } from '../points/column.js';
import { type Filter, withRows } from '../selection/filters.js';
import type { CellPart } from './change-cells.view.js';
import { describeComparedOutputs, uniteOutputs } from './compared-outputs.js';
import type { GroupChange } from './group-changes.js';
import { GroupTableView } from './group-table.view.js';
import { MetricChangesView } from './metric-changes.view.js';
import { OutcomeCountsView } from './outcome-counts.view.js';
import { SettingsDifferenceView } from './settings-difference.view.js';
import { useVersionChanges } from './version-changes.query.js';
import { type PickedVersion, VersionPickerView } from './version-picker.view.js';

/** Slices that are compared; each is one request and one look at all samples. */
const MAX_SLICES = 50;

/** Outcomes of the samples behind a number. */
const OUTCOMES: Readonly<Record<CellPart, readonly Outcome[] | undefined>> = {
  all: undefined,
  a: ['fixed', 'wrong'],
  b: ['broken', 'wrong'],
  changed: ['fixed', 'broken', 'lower', 'higher'],
};

/** Two versions on the samples that both evaluate: what got better and what broke, in all and by group. */
export function VersionsPanelView() {
  const { projectId, run, version, choice, scope, state, set, versions, known, toggle } = usePopulation();
  const navigate = useNavigate();
  const runs = useRuns(projectId);
  const listed = useSlices(version.id);
  const slices = listed.data;
  const compared = slices?.slice(0, MAX_SLICES);
  const changes = useVersionChanges(scope, compared);
  const versus = state.versus;
  if (versus === undefined) return null;
  const other = runs.data?.find(({ id }) => id === versus.runId);
  const outputs = listOutputs(uniteOutputs(run, other), state.output);
  const own: PickedVersion = { runId: run.id, epoch: choice.epoch };
  const sides = versus.side === 'a' ? { a: versus, b: own } : { a: own, b: versus };
  const otherSide = versus.side === 'a' ? 'b' : 'a';

  /** Shows the map of a version, and compares it with the other one. */
  const show = (map: PickedVersion, other: PickedVersion, side: 'a' | 'b'): void => {
    if (map.runId === run.id)
      return set({ map: { ...state.map, epoch: map.epoch }, versus: { ...other, side }, camera: undefined });
    const looks = { color: CHANGE, size: changeColumn('loss') };
    void navigate(
      links.population(projectId, map.runId, {
        epoch: map.epoch,
        [side]: formatVersion({ ...other, side }),
        output: state.output,
        ...looks,
      }),
    );
  };
  const pick = (side: 'a' | 'b') => (picked: PickedVersion) => {
    if (side === versus.side) set({ versus: { ...picked, side } });
    else show(picked, versus, versus.side);
  };
  const open = (group: GroupChange | undefined, outcomes: readonly Outcome[] | undefined): void => {
    // The numbers are of all samples, so that other filters and the search would hide some of them.
    const filters: Filter[] = [
      ...(group === undefined
        ? []
        : group.kind === 'class'
          ? [{ kind: 'codes', column: group.column, names: [group.id] } as const]
          : withRows([], `slice:${group.id}`)),
      ...(outcomes === undefined ? [] : [{ kind: 'codes', column: CHANGE, names: outcomes } as const]),
    ];
    const by = changeColumn(changes.data?.all.at(-1)?.name ?? 'loss');
    const falls = outcomes?.includes('fixed') !== true || outcomes.includes('broken');
    set({
      filters,
      search: '',
      samples: 'shown',
      ...(known.has(by) ? { order: `${falls ? '-' : ''}${by}` } : {}),
    });
  };
  const openPart = (group: GroupChange | undefined, part: CellPart): void => {
    open(group, OUTCOMES[part]);
  };
  const filter = state.filters.find((one) => one.kind === 'codes' && one.column === CHANGE);
  return (
    <Stack gap="sm" component="section" aria-label="Two versions">
      <Stack gap={6}>
        {(['a', 'b'] as const).map((side) => (
          <VersionPickerView
            key={side}
            side={side}
            isMap={side === otherSide}
            version={sides[side]}
            runs={(runs.data ?? []).filter(({ epochsDone }) => epochsDone > 0)}
            onChange={pick(side)}
          />
        ))}
        <OutputChoiceView
          size="xs"
          outputs={outputs}
          value={state.output}
          onChange={(output) => {
            set({ output });
          }}
        />
        <Group gap={4}>
          <Button
            size="compact-xs"
            variant="subtle"
            leftSection={<IconArrowsExchange size={13} />}
            disabled={versus.runId === ''}
            onClick={() => {
              set({ versus: { ...versus, side: otherSide } });
            }}
          >
            Swap A and B
          </Button>
          <Button
            size="compact-xs"
            variant="subtle"
            leftSection={<IconMap2 size={13} />}
            disabled={versus.runId === ''}
            onClick={() => {
              show(versus, own, otherSide);
            }}
          >
            Map of {versus.side.toUpperCase()}
          </Button>
          <Button
            size="compact-xs"
            variant="subtle"
            leftSection={<IconX size={13} />}
            onClick={toggle.versions}
          >
            End
          </Button>
        </Group>
      </Stack>
      {versions.state === 'choose' && (
        <Text size="sm" c="dimmed">
          {(runs.data?.length ?? 0) < 2 && run.epochsDone < 2
            ? 'This run has one epoch, and the project has no other run to compare it with. Train another one.'
            : 'Choose the run and the epoch that this map is compared with.'}
        </Text>
      )}
      {versions.state === 'loading' && (
        <Skeleton h={260} role="status" aria-label="Comparing the versions" aria-busy="true" />
      )}
      {versions.state === 'failed' && <FaultView error={versions.error} retry={versions.retry} />}
      {versions.state === 'refused' && (
        <Alert color="yellow" title="These versions cannot be compared" role="alert">
          {versions.reason}
        </Alert>
      )}
      {versions.state === 'ready' && (
        <Stack gap="sm" aria-busy={versions.isStale} opacity={versions.isStale ? 0.5 : 1}>
          <Text size="xs" c="dimmed">
            {samplesText(versions.samples)}
          </Text>
          {describeComparedOutputs(versions.a.run, versions.b.run, versions.compared.output).map((note) => (
            <Text key={note} size="xs" role="note">
              {note}
            </Text>
          ))}
          {versions.notes.length > 0 && (
            <List size="xs" c="dimmed">
              {versions.notes.map((note) => (
                <List.Item key={note}>{note}</List.Item>
              ))}
            </List>
          )}
          {slices === undefined && listed.error !== null ? (
            <FaultView error={listed.error} retry={() => void listed.refetch()} />
          ) : (
            <QueryView query={changes} lines={8}>
              {({ all, groups }) => (
                <Stack gap="sm" role="status" aria-busy={changes.isPlaceholderData}>
                  <OutcomeCountsView
                    change={all[0]!}
                    shown={filter?.kind === 'codes' ? filter.names : undefined}
                    onOpen={(outcome) => {
                      open(undefined, [outcome]);
                    }}
                  />
                  <MetricChangesView
                    changes={all}
                    onOpen={(part) => {
                      openPart(undefined, part);
                    }}
                  />
                  <Text size="xs" fw={600}>
                    Classes and slices
                  </Text>
                  <GroupTableView groups={groups} onOpen={openPart} />
                  {slices !== undefined && slices.length > MAX_SLICES && (
                    <Text size="xs" c="dimmed">
                      Compared are the {MAX_SLICES} newest of {count(slices.length)} slices.
                    </Text>
                  )}
                </Stack>
              )}
            </QueryView>
          )}
          <SettingsDifferenceView settings={versions.settings} />
        </Stack>
      )}
    </Stack>
  );
}

function samplesText({
  shared,
  onlyHere,
  onlyThere,
  otherTruth,
}: {
  readonly shared: number;
  readonly onlyHere: number;
  readonly onlyThere: number;
  readonly otherTruth: number;
}): string {
  if (onlyHere + onlyThere + otherTruth === 0) return `Both versions have all ${counted(shared, 'sample')}.`;
  const relabelled =
    otherTruth === 0 ? '' : `; ${counted(otherTruth, 'sample')} with another label are left out`;
  return (
    `Of other data: ${counted(shared, 'sample')} are in both by split and id, ${count(onlyHere)} only on this ` +
    `map, ${count(onlyThere)} only in the other version${relabelled}.`
  );
}
