import { Box, Group, Stack, Title } from '@mantine/core';
import type { ReactNode } from 'react';

/** The head of a page: what it shows, in which state, and what can be done with it. */
export function PageHeadView({
  title,
  badge,
  actions,
  children,
}: {
  title: string;
  badge?: ReactNode;
  actions?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <Group justify="space-between" align="flex-start" gap="md" wrap="wrap">
      <Stack gap={4} style={{ minWidth: 0, flex: '1 1 min(320px, 60%)' }}>
        <Group gap="sm" wrap="nowrap" style={{ minWidth: 0 }}>
          <Title
            order={1}
            size="h2"
            title={title}
            style={{ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}
          >
            {title}
          </Title>
          {badge}
        </Group>
        {children !== undefined && (
          <Box c="dimmed" fz="sm">
            {children}
          </Box>
        )}
      </Stack>
      {actions !== undefined && (
        <Group gap="xs" wrap="wrap">
          {actions}
        </Group>
      )}
    </Group>
  );
}
