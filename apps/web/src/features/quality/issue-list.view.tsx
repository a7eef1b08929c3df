import {
  Anchor,
  Button,
  Group,
  SegmentedControl,
  Select,
  type SelectProps,
  Table,
  Text,
  TextInput,
} from '@mantine/core';
import { type Issue, IssueState } from '@noema/contracts/noema/quality/v1/issue';
import { IconMessageCircle, IconPlus } from '@tabler/icons-react';
import { useDeferredValue, useState } from 'react';
import { Link, useNavigate } from 'react-router-dom';
import { ActionView } from '../../parts/action.view.js';
import { links } from '../../parts/address/links.js';
import { DataTableView } from '../../parts/data-table.view.js';
import { EmptyView } from '../../parts/empty.view.js';
import { count, counted } from '../../parts/numbers.js';
import { QueryView } from '../../parts/query.view.js';
import { useRights } from '../../parts/role.query.js';
import { SectionView } from '../../parts/section.view.js';
import { StateBadgeView } from '../../parts/state-badge.view.js';
import { TimeView } from '../../parts/time.view.js';
import { useAddressValue } from '../sample/sample-address.state.js';
import { DraftBadgeView } from './draft-badge.view.js';
import { ISSUE_STATES, toFilter } from './issue-filter.js';
import { ISSUE_LOOKS } from './issue-looks.js';
import { MAX_ISSUES, useIssueLabels, useIssues, useTeamMembers } from './issues.query.js';
import { LabelsView } from './labels.view.js';
import { NewIssueDialogView } from './new-issue-dialog.view.js';

/** The issues of a project, filtered by state, assignee, author, label and title; the address has the filter. */
export function IssueListView({ projectId }: { projectId: string }) {
  const { noEdit } = useRights();
  const navigate = useNavigate();
  const [state, setState] = useAddressValue('state', 'open');
  const [assignee, setAssignee] = useAddressValue('assignee');
  const [author, setAuthor] = useAddressValue('author');
  const [label, setLabel] = useAddressValue('label');
  const [text, setText] = useAddressValue('title');
  const [isCreating, setCreating] = useState(false);
  const filter = useDeferredValue(toFilter({ state, assignee, author, text }));
  const list = useIssues(projectId, filter, label);
  const known = useIssueLabels(projectId).data ?? [];
  const members = useTeamMembers().data ?? [];
  const people = members.map(({ id, displayName }) => ({ value: id, label: displayName }));
  const memberName = (id: string): string => members.find((member) => member.id === id)?.displayName ?? id;
  const isFiltered = assignee !== '' || author !== '' || label !== '' || text !== '';
  return (
    <SectionView
      title="Issues"
      flush
      note={list.data === undefined ? undefined : counted(list.data.length, 'issue')}
      actions={
        <ActionView
          size="xs"
          variant="light"
          leftSection={<IconPlus size={14} />}
          off={noEdit}
          onClick={() => {
            setCreating(true);
          }}
        >
          New issue
        </ActionView>
      }
    >
      <Group gap="xs" px="md" pb="sm" role="search" aria-label="Filter of the issues">
        <SegmentedControl
          size="xs"
          aria-label="State"
          data={ISSUE_STATES}
          value={state}
          onChange={setState}
        />
        <ChoiceFilterView
          label="Assigned to"
          any="Any assignee"
          choices={[{ value: 'none', label: 'no member' }, ...people]}
          value={assignee}
          onChange={setAssignee}
        />
        <ChoiceFilterView
          label="Written by"
          any="Any author"
          choices={people}
          value={author}
          onChange={setAuthor}
        />
        {(known.length > 0 || label !== '') && (
          <ChoiceFilterView
            label="Label"
            any="Any label"
            // A label of the address stays a choice when no issue has it any more.
            choices={[...new Set([...known.map(({ name }) => name), ...(label === '' ? [] : [label])])]}
            value={label}
            onChange={setLabel}
          />
        )}
        <TextInput
          size="xs"
          w={170}
          aria-label="Word of the title"
          placeholder="word of the title"
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value === '' ? undefined : event.currentTarget.value);
          }}
        />
      </Group>
      <QueryView query={list} lines={4}>
        {(all) =>
          all.length === 0 ? (
            <EmptyView
              icon={<IconMessageCircle />}
              title={isFiltered || state === 'closed' ? 'No issue matches' : 'No open issue'}
            >
              {isFiltered ? (
                <Button
                  size="xs"
                  variant="light"
                  component={Link}
                  to={links.project(projectId, { tab: 'issues', state: 'all' })}
                >
                  Show all issues
                </Button>
              ) : (
                'Mark samples in the gallery or on the map, open a slice or a failed test, and choose New issue: the ' +
                'issue leads back to them.'
              )}
            </EmptyView>
          ) : (
            <>
              {all.length >= MAX_ISSUES && (
                <Text size="xs" c="dimmed" px="md" pb="xs">
                  The newest {count(all.length)} issues; filter them to see older ones.
                </Text>
              )}
              <IssueTableView projectId={projectId} issues={all} memberName={memberName} />
            </>
          )
        }
      </QueryView>
      {isCreating && (
        <NewIssueDialogView
          projectId={projectId}
          draft={{ about: 'The issue is about the project.', findSubject: () => undefined }}
          onClose={() => {
            setCreating(false);
          }}
          onCreated={({ id }) => {
            void navigate(links.issue(projectId, id));
          }}
        />
      )}
    </SectionView>
  );
}

/** A filter by one of several values, which can be cleared. */
const ChoiceFilterView = ({
  label,
  any,
  choices,
  value,
  onChange,
}: {
  readonly label: string;
  readonly any: string;
  readonly choices: NonNullable<SelectProps['data']>;
  readonly value: string;
  readonly onChange: (value: string | undefined) => void;
}) => (
  <Select
    size="xs"
    w={170}
    aria-label={label}
    placeholder={label.toLowerCase()}
    data={choices}
    value={value || null}
    clearable
    clearButtonProps={{ 'aria-label': any }}
    searchable
    onChange={(next) => {
      onChange(next ?? undefined);
    }}
  />
);

function IssueTableView({
  projectId,
  issues,
  memberName,
}: {
  projectId: string;
  issues: readonly Issue[];
  memberName: (memberId: string) => string;
}) {
  return (
    <DataTableView minWidth={300} fixed>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>issue</Table.Th>
          <Table.Th w={140} visibleFrom="sm">
            assigned to
          </Table.Th>
          <Table.Th w={140} visibleFrom="md">
            written by
          </Table.Th>
          <Table.Th w={110} ta="right">
            changed
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {issues.map(
          ({ id, displayName, state, draft, labels, assigneeId, createdBy, updateTime, closingTest }) => (
            <Table.Tr key={id}>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>
                <Anchor component={Link} to={links.issue(projectId, id)} size="sm" fw={600}>
                  {displayName}
                </Anchor>
                <Group gap={6} mt={2}>
                  <StateBadgeView state={ISSUE_LOOKS[state === IssueState.CLOSED ? 'closed' : 'open']} />
                  {draft && <DraftBadgeView />}
                  <LabelsView labels={labels} />
                  {closingTest !== undefined && (
                    <Text size="xs" c="dimmed">
                      closes with {closingTest.testName}
                    </Text>
                  )}
                </Group>
              </Table.Td>
              <Table.Td visibleFrom="sm" style={{ overflowWrap: 'anywhere' }}>
                {assigneeId === '' ? '–' : memberName(assigneeId)}
              </Table.Td>
              <Table.Td visibleFrom="md" style={{ overflowWrap: 'anywhere' }}>
                {memberName(createdBy)}
              </Table.Td>
              <Table.Td ta="right" c="dimmed">
                <TimeView at={updateTime} />
              </Table.Td>
            </Table.Tr>
          ),
        )}
      </Table.Tbody>
    </DataTableView>
  );
}
