import { ActionIcon, Badge, Group, Select, Text, Tooltip } from '@mantine/core';
import type { ActivationLayer } from '@noema/contracts/noema/activations/v1/activation_set';
import type { Unit } from '@noema/contracts/noema/activations/v1/unit';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { Link, useNavigate } from 'react-router-dom';
import { useShortcut } from '../../parts/shortcuts/shortcuts.js';
import { value } from '../../parts/numbers.js';
import { PageHeadView } from '../../parts/page-head.view.js';

interface Props {
  layer: ActivationLayer;
  layers: readonly ActivationLayer[];
  unit: number | undefined;
  found: Unit | undefined;
  epoch: number;
  epochs: number;
  previous: string | undefined;
  next: string | undefined;
  onEpoch: (epoch: number) => void;
  onLayer: (layer: string) => void;
}

/** The head of a unit or layer: what it is, its numbers over the population, and the way to others. */
export function UnitHeadView({
  layer,
  layers,
  unit,
  found,
  epoch,
  epochs,
  previous,
  next,
  onEpoch,
  onLayer,
}: Props) {
  const facts =
    found === undefined
      ? `${layer.kind}, ${layer.unitCount} ` +
        `units${layer.droppedUnitCount > 0 ? `, ${layer.droppedUnitCount} of them silent` : ''}`
      : `${layer.kind} · mean ${value(found.mean)} · sd ${value(found.standardDeviation)} · min ` +
        `${value(found.min)} · max ${value(found.max)}`;
  return (
    <PageHeadView
      title={unit === undefined ? `Layer ${layer.name}` : `${layer.name}, unit ${unit}`}
      badge={
        found?.dropped === true && (
          <Badge variant="light" color="yellow" tt="none">
            silent: no variance, in no perception vector
          </Badge>
        )
      }
      actions={
        <>
          <Select
            aria-label="Layer"
            size="xs"
            w={150}
            allowDeselect={false}
            data={layers.map(({ name }) => name)}
            value={layer.name}
            onChange={(name) => {
              if (name !== null) onLayer(name);
            }}
          />
          <Select
            aria-label="Epoch"
            size="xs"
            w={110}
            allowDeselect={false}
            data={Array.from({ length: epochs }, (_, i) => ({
              value: String(i + 1),
              label: `epoch ${i + 1}`,
            }))}
            value={String(epoch)}
            onChange={(text) => {
              onEpoch(Number(text));
            }}
          />
          {unit !== undefined && (
            <Group gap={6} wrap="nowrap">
              <Step to={previous} label="Unit before in the list" keys={['k', 'ArrowLeft']} back />
              <Step to={next} label="Unit after in the list" keys={['j', 'ArrowRight']} />
            </Group>
          )}
        </>
      }
    >
      <Text span size="sm">
        {facts}
      </Text>
    </PageHeadView>
  );
}

function Step({
  to,
  label,
  keys,
  back = false,
}: {
  to: string | undefined;
  label: string;
  keys: readonly [string, string];
  back?: boolean;
}) {
  const navigate = useNavigate();
  const go = (): void => {
    if (to !== undefined) void navigate(to, { replace: true });
  };
  useShortcut(keys[0], label, go, { enabled: to !== undefined });
  useShortcut(keys[1], label, go, { enabled: to !== undefined });
  const icon = back ? <IconChevronLeft size={18} /> : <IconChevronRight size={18} />;
  if (to === undefined)
    return (
      <ActionIcon variant="default" size={30} disabled aria-label={label}>
        {icon}
      </ActionIcon>
    );
  return (
    <Tooltip label={`${label} (${keys[0]})`}>
      <ActionIcon variant="default" size={30} component={Link} to={to} replace aria-label={label}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}
