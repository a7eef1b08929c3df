import { Button } from '@mantine/core';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import { IconArrowsDiff } from '@tabler/icons-react';
import { Link } from 'react-router-dom';
import { links } from '../../parts/address/links.js';

/** Leads to the map on which the run is compared with the first chosen run, else with the epoch before. */
export function CompareOnMapView({ run, other }: { readonly run: Run; readonly other: Run | undefined }) {
  if (run.epochsDone === 0 || (other === undefined && run.epochsDone < 2)) return null;
  const [a, text] =
    other === undefined
      ? [`${run.id}.${run.epochsDone - 1}`, 'Compare epochs on the map']
      : [`${other.id}.${other.epochsDone}`, `Compare with ${other.displayName} on the map`];
  return (
    <Button
      size="xs"
      variant="default"
      maw="100%"
      component={Link}
      to={links.population(run.projectId, run.id, { a, color: 'change', size: 'change.loss' })}
      leftSection={<IconArrowsDiff size={14} />}
    >
      {text}
    </Button>
  );
}
