import { Anchor, Button, Group, Table, Text, UnstyledButton, VisuallyHidden } from '@mantine/core';
import type { TestResult } from '@noema/contracts/noema/quality/v1/test_result';
import type { TestSuite } from '@noema/contracts/noema/quality/v1/test_suite';
import { useState } from 'react';
import { Link } from 'react-router-dom';
import { isOutdated, type JudgedVersion } from '../../features/quality/judged-versions.js';
import { decidingText, readVerdict, resultNumber, VERDICT_LOOKS } from '../../features/quality/verdicts.js';
import { links } from '../../parts/address/links.js';
import { CutView } from '../../parts/cut.view.js';
import { DataTableView } from '../../parts/data-table.view.js';
import { counted } from '../../parts/numbers.js';
import { StateBadgeView } from '../../parts/state-badge.view.js';
import { TimeView } from '../../parts/time.view.js';
import classes from './quality.module.css';

/** Versions that are shown at first. */
const FIRST = 6;

/** Tests by versions: each cell has a verdict, a number, its interval and n, and opens the samples behind it. */
export function ResultTableView({
  suite,
  versions,
  runName,
  onOpen,
}: {
  suite: TestSuite;
  versions: readonly JudgedVersion[];
  runName: (runId: string) => string;
  onOpen: (result: TestResult) => void;
}) {
  const [areAll, setAll] = useState(false);
  const shown = areAll ? versions : versions.slice(0, FIRST);
  return (
    <>
      <DataTableView minWidth={180 + 190 * shown.length} label="Results by version">
        <Table.Thead>
          <Table.Tr>
            <Table.Th className={classes.first}>test</Table.Th>
            {shown.map((version) => (
              <Table.Th
                key={`${version.runId}/${version.epoch}`}
                fw={500}
                data-verbatim
                style={{ minWidth: 180 }}
              >
                <VersionHeadView suite={suite} version={version} runName={runName} />
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {suite.testNames.map((name) => (
            <Table.Tr key={name}>
              <Table.Th scope="row" fw={500} className={classes.first} data-verbatim>
                {name}
              </Table.Th>
              {shown.map(({ run, runId, epoch, results }) => (
                <Table.Td key={`${runId}/${epoch}`} style={{ verticalAlign: 'top' }}>
                  <CellView
                    result={results.get(name)}
                    label={`${name}, ${runName(runId)}, epoch ${epoch}`}
                    onOpen={run && onOpen}
                  />
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </DataTableView>
      {versions.length > FIRST && (
        <Group p="sm">
          <Button
            size="xs"
            variant="subtle"
            onClick={() => {
              setAll(!areAll);
            }}
          >
            {areAll ? `The newest ${FIRST} versions` : `All ${versions.length} versions`}
          </Button>
        </Group>
      )}
    </>
  );
}

function VersionHeadView({
  suite,
  version,
  runName,
}: {
  suite: TestSuite;
  version: JudgedVersion;
  runName: (runId: string) => string;
}) {
  const { run, runId, epoch, baselineRunId, judgeTime } = version;
  return (
    <div style={{ maxWidth: 220 }}>
      {run === undefined ? (
        <Text size="sm">deleted run</Text>
      ) : (
        <Anchor
          component={Link}
          to={links.run(run.projectId, runId)}
          size="sm"
          fw={600}
          display="block"
          truncate
          title={run.displayName}
        >
          {run.displayName}
        </Anchor>
      )}
      <Text size="xs" c="dimmed" fw={400} component="div">
        epoch {epoch}, judged <TimeView at={judgeTime} />
      </Text>
      {baselineRunId !== '' && (
        <CutView size="xs" c="dimmed" fw={400} text={`against ${runName(baselineRunId)}`} />
      )}
      {isOutdated(version, suite) && (
        <Text size="xs" fw={400} c="var(--mantine-color-yellow-text)">
          the tests have changed since
        </Text>
      )}
    </div>
  );
}

function CellView({
  result,
  label,
  onOpen,
}: {
  result: TestResult | undefined;
  label: string;
  /** Undefined if the run was deleted, and its samples with it. */
  onOpen: ((result: TestResult) => void) | undefined;
}) {
  const look = VERDICT_LOOKS[readVerdict(result)];
  if (result === undefined) return <StateBadgeView state={look} />;
  const deciding = decidingText(result);
  const content = (
    <>
      <StateBadgeView state={look} />
      <Text size="xs" mt={2} component="div">
        {resultNumber(result)}
      </Text>
      <Text size="xs" c="dimmed" component="div">
        {counted(Number(result.n), 'sample')}
        {deciding !== undefined && `; ${deciding}`}
      </Text>
    </>
  );
  if (onOpen === undefined) return <div title={result.reason}>{content}</div>;
  return (
    <UnstyledButton
      className={classes.cell}
      title={result.reason}
      onClick={() => {
        onOpen(result);
      }}
    >
      <VisuallyHidden>{label}: </VisuallyHidden>
      {content}
    </UnstyledButton>
  );
}
