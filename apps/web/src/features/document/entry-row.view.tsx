import { ActionIcon, Group, Text, Tooltip } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconPencil, IconTrash } from '@tabler/icons-react';
import type { ReactNode } from 'react';

/** One entry of a document in its form: its title, and buttons to move, change and remove it. */
export function EntryRowView({
  title,
  isFirst,
  isLast,
  onMove,
  onChange,
  onRemove,
}: {
  title: string;
  isFirst: boolean;
  isLast: boolean;
  onMove: (by: -1 | 1) => void;
  onChange: () => void;
  onRemove: () => void;
}) {
  return (
    <Group gap={4} wrap="nowrap">
      <Text size="sm" truncate style={{ flex: 1 }} title={title}>
        {title}
      </Text>
      <ToolView
        label={`Move ${title} up`}
        icon={<IconArrowUp size={16} />}
        off={isFirst}
        onClick={() => {
          onMove(-1);
        }}
      />
      <ToolView
        label={`Move ${title} down`}
        icon={<IconArrowDown size={16} />}
        off={isLast}
        onClick={() => {
          onMove(1);
        }}
      />
      <ToolView label={`Change ${title}`} icon={<IconPencil size={16} />} onClick={onChange} />
      <ToolView label={`Remove ${title}`} icon={<IconTrash size={16} />} onClick={onRemove} />
    </Group>
  );
}

function ToolView({
  label,
  icon,
  off = false,
  onClick,
}: {
  label: string;
  icon: ReactNode;
  off?: boolean;
  onClick: () => void;
}) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" aria-label={label} disabled={off} onClick={onClick}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}
