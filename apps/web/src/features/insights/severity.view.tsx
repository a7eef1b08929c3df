import { Badge, Text } from '@mantine/core';
import type { InsightSeverity } from '@noema/contracts/noema/insights/v1/insight';
import { severityName, severityText } from './insight-text.js';

const COLORS: Readonly<Record<number, string>> = { 3: 'red', 2: 'orange', 1: 'gray' };

/** The severity of an insight in a word, and what it costs. */
export function SeverityView({ severity }: { severity: InsightSeverity }) {
  return (
    <div>
      <SeverityBadgeView severity={severity} />
      <Text size="xs" c="dimmed" mt={2}>
        {severityText(severity)}
      </Text>
    </div>
  );
}

/** The severity of an insight in a word. */
export function SeverityBadgeView({ severity }: { severity: InsightSeverity }) {
  return (
    <Badge variant="light" size="sm" color={COLORS[severity.level] ?? 'gray'} style={{ flex: 'none' }}>
      {severityName(severity)}
    </Badge>
  );
}
