import { Badge, Loader } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconClock, IconPlayerStop } from '@tabler/icons-react';
import type { StateStyle } from './states.js';

const ICONS = {
  waits: <IconClock size={12} stroke={2.2} />,
  works: <Loader size={10} color="currentColor" />,
  done: <IconCheck size={12} stroke={2.6} />,
  stopped: <IconPlayerStop size={12} stroke={2.2} />,
  failed: <IconAlertTriangle size={12} stroke={2.2} />,
};

/** A state in a word, a sign and a color; never by color alone. */
export function StateBadgeView({
  state,
  size = 'sm',
}: {
  state: StateStyle;
  size?: 'xs' | 'sm' | 'md' | 'lg';
}) {
  return (
    <Badge
      variant="light"
      color={state.color}
      size={size}
      leftSection={ICONS[state.look]}
      tt="none"
      fw={550}
      style={{ flexShrink: 0 }}
    >
      {state.label}
    </Badge>
  );
}
