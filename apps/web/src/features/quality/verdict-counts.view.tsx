import { Group } from '@mantine/core';
import { StateBadgeView } from '../../parts/state-badge.view.js';
import type { VerdictCounts } from './judged-versions.js';
import { VERDICT_LOOKS, type VerdictName } from './verdicts.js';

const ORDER: readonly VerdictName[] = ['fail', 'undecided', 'pass', 'unjudged'];

/** How many tests have each verdict; verdicts without a test are left out. */
export function VerdictCountsView({ counts }: { counts: VerdictCounts }) {
  return (
    <Group gap={6}>
      {ORDER.filter((name) => counts[name] > 0).map((name) => (
        <StateBadgeView
          key={name}
          state={{ ...VERDICT_LOOKS[name], label: `${counts[name]} ${VERDICT_LOOKS[name].label}` }}
        />
      ))}
    </Group>
  );
}
