import { Badge } from '@mantine/core';

/** Marks the work of an agent that no person has accepted yet. */
export function DraftBadgeView() {
  return (
    <Badge size="sm" variant="light" color="yellow" tt="none" style={{ flexShrink: 0 }}>
      draft of an agent
    </Badge>
  );
}
