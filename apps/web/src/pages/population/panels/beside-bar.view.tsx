import { ActionIcon, Group, Select, Tooltip } from '@mantine/core';
import type { Exploration } from '@noema/contracts/noema/projection/v1/exploration';
import { IconLink, IconLinkOff, IconX } from '@tabler/icons-react';
import { percent } from '../../../parts/numbers.js';
import type { MapCatalog } from '../maps/map-catalog.js';
import styles from '../style/population.module.css';
import type { MapChoice } from '../maps/map-choice.js';
import { spaceTitle } from '../maps/map-title.js';

/** The caption of a map, where there are two. */
export function CaptionView({
  catalog,
  choice,
  map,
}: {
  catalog: MapCatalog;
  choice: MapChoice;
  map: Exploration | undefined;
}) {
  return (
    <div className={styles.caption}>
      epoch {choice.epoch} · {spaceTitle(choice.space)} · {catalog.algorithmTitle(choice.algorithm)}
      {map?.trust === undefined ? '' : ` · trust ${percent(map.trust.trustworthiness)}`}
    </div>
  );
}

export interface BesideBarProps {
  readonly catalog: MapCatalog;
  readonly choice: MapChoice;
  readonly epochs: number;
  readonly linked: boolean;
  readonly onLinked: (on: boolean) => void;
  readonly onChoice: (choice: MapChoice) => void;
  readonly onClose: () => void;
}

/** Chooses the second map: another epoch, space or algorithm. */
export function BesideBarView({
  catalog,
  choice,
  epochs,
  linked,
  onLinked,
  onChoice,
  onClose,
}: BesideBarProps) {
  const link = linked ? 'Both maps move together' : 'Each map moves alone';
  return (
    <Group gap={4} className={styles.beside} wrap="nowrap" role="group" aria-label="Second map">
      <Select
        size="xs"
        w={88}
        aria-label="Epoch of the second map"
        data={Array.from({ length: epochs }, (_, i) => ({ value: String(i + 1), label: `epoch ${i + 1}` }))}
        value={String(choice.epoch)}
        allowDeselect={false}
        onChange={(epoch) => {
          if (epoch !== null) onChoice({ ...choice, epoch: Number(epoch) });
        }}
      />
      <Select
        size="xs"
        w={108}
        aria-label="Perception space of the second map"
        data={catalog.spaceNames.map((name) => ({ value: name, label: spaceTitle(name) }))}
        value={choice.space}
        allowDeselect={false}
        comboboxProps={{ width: 220, position: 'bottom-end' }}
        onChange={(space) => {
          if (space !== null) onChoice({ ...choice, space });
        }}
      />
      <Select
        size="xs"
        w={92}
        aria-label="Algorithm of the second map"
        data={catalog.algorithms.map((value) => ({ value, label: catalog.algorithmTitle(value) }))}
        value={choice.algorithm}
        allowDeselect={false}
        onChange={(algorithm) => {
          if (algorithm !== null) onChoice({ ...choice, algorithm });
        }}
      />
      <Tooltip label={link}>
        <ActionIcon
          size="md"
          variant={linked ? 'light' : 'subtle'}
          color={linked ? 'noema' : 'gray'}
          aria-label="Move both maps together"
          aria-pressed={linked}
          onClick={() => {
            onLinked(!linked);
          }}
        >
          {linked ? <IconLink size={15} /> : <IconLinkOff size={15} />}
        </ActionIcon>
      </Tooltip>
      <ActionIcon size="md" variant="subtle" color="gray" aria-label="Close the second map" onClick={onClose}>
        <IconX size={14} />
      </ActionIcon>
    </Group>
  );
}
