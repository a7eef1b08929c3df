import { Paper, Text } from '@mantine/core';
import classes from './charts.module.css';
import type { MarkText } from './mark-text.js';

/** The numbers of a mark next to it. */
export function MarkTooltipView({
  text: { name, value, facts },
  at: [x, y],
  size: { width, height },
}: {
  text: MarkText;
  at: readonly [number, number];
  size: { width: number; height: number };
}) {
  const side = x > width * 0.55 ? { right: width - x + 12 } : { left: x + 12 };
  const edge = y > height * 0.55 ? { bottom: height - y + 4 } : { top: y + 4 };
  return (
    <Paper
      className={classes.tooltip}
      shadow="md"
      withBorder
      px={10}
      py={6}
      style={{ ...side, ...edge }}
      data-testid="chart-tooltip"
    >
      <Text size="xs" fw={600}>
        {name}
      </Text>
      <Text size="xs">{value}</Text>
      {facts.map((fact) => (
        <Text key={fact} size="xs" c="dimmed">
          {fact}
        </Text>
      ))}
    </Paper>
  );
}
