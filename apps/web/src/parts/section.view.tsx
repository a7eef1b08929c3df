import { Box, Group, Paper, Title } from '@mantine/core';
import { type ReactNode, useId } from 'react';
import classes from './section.module.css';

/** A part of a page under a heading of its own, in a frame. */
export function SectionView({
  title,
  actions,
  children,
  flush = false,
  note,
}: {
  title: string;
  actions?: ReactNode;
  children: ReactNode;
  flush?: boolean;
  note?: ReactNode;
}) {
  const id = useId();
  return (
    <Paper component="section" withBorder aria-labelledby={id} style={{ minWidth: 0 }}>
      <Group justify="space-between" px="md" py={10} gap="sm" wrap="wrap" mih={50}>
        <Group gap="sm" align="baseline">
          <Title order={2} size="h3" id={id}>
            {title}
          </Title>
          {note !== undefined && (
            <Box c="dimmed" fz="xs">
              {note}
            </Box>
          )}
        </Group>
        {actions !== undefined && <Group gap="xs">{actions}</Group>}
      </Group>
      <Box px={flush ? 0 : 'md'} pb={flush ? 0 : 'md'} className={flush ? classes.flush : ''}>
        {children}
      </Box>
    </Paper>
  );
}
