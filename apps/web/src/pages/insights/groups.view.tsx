import { Button, Text } from '@mantine/core';
import type { DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import type { InsightMember } from '@noema/contracts/noema/insights/v1/insight';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import { useMemo, useState } from 'react';
import { SampleCardView } from '../../features/sample/sample-card.view.js';
import { useRowEvaluations } from '../../features/sample/sample.query.js';
import { links } from '../../parts/address/links.js';
import { splitName } from '../../parts/address/split.js';
import { count, counted } from '../../parts/numbers.js';
import classes from './insights.module.css';

/** Groups that are shown at first, and added by a click; samples of a group. */
const [GROUPS, SAMPLES] = [12, 12];

/** Groups of samples that belong together, such as copies, side by side. */
export function GroupsView({
  run,
  version,
  epoch,
  members,
}: {
  run: Run;
  version: DatasetVersion;
  epoch: number;
  members: readonly InsightMember[];
}) {
  const [shown, setShown] = useState(GROUPS);
  const groups = useMemo(() => {
    const byGroup = new Map<number, InsightMember[]>();
    for (const member of members) {
      if (member.group < 0) continue;
      const group = byGroup.get(member.group);
      if (group === undefined) byGroup.set(member.group, [member]);
      else group.push(member);
    }
    return [...byGroup.values()];
  }, [members]);
  const visible = useMemo(
    () => groups.slice(0, shown).map((group) => group.slice(0, SAMPLES)),
    [groups, shown],
  );
  const rows = useMemo(() => visible.flat().map(({ row }) => row), [visible]);
  const evaluations = useRowEvaluations(run.id, epoch, rows).data;
  return (
    <>
      <ul className={classes.pairs} tabIndex={0} aria-label="Groups of samples">
        {visible.map((group, at) => (
          <li key={group[0]!.row} className={classes.pair}>
            {group.map(({ row, sample, score }) =>
              sample === undefined ? null : (
                <SampleCardView
                  key={row}
                  datasetVersionId={version.id}
                  sample={sample}
                  row={row}
                  evaluation={evaluations?.get(row)}
                  size={84}
                  note={score === undefined ? splitName(sample.split) : undefined}
                  to={links.sample(run.projectId, run.id, sample, { epoch })}
                />
              ),
            )}
            {groups[at]!.length > SAMPLES && (
              <Text size="xs" c="dimmed">
                and {counted(groups[at]!.length - SAMPLES, 'more sample')}
              </Text>
            )}
          </li>
        ))}
      </ul>
      {groups.length > shown && (
        <Button
          size="xs"
          variant="default"
          mt="sm"
          onClick={() => {
            setShown((now) => now + GROUPS);
          }}
        >
          Show more of {count(groups.length)} groups
        </Button>
      )}
    </>
  );
}
