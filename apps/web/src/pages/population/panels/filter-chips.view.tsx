import { CloseButton, Group, Text, UnstyledButton } from '@mantine/core';
import { value as numberText } from '../../../parts/numbers.js';
import { codeTitle, columnTitle } from '../points/column.js';
import type { Filter } from '../selection/filters.js';
import styles from '../style/population.module.css';

/** What a filter says, in a few words. */
export function filterText(filter: Filter): string {
  if (filter.kind === 'rows')
    return filter.rows.startsWith('slice:') ? 'only the slice' : 'only what was selected';
  const title = columnTitle(filter.column);
  if (filter.kind === 'range') return `${title} ${numberText(filter.low)} to ${numberText(filter.high)}`;
  const names = filter.names.map((name) => (name === null ? 'no value' : codeTitle(filter.column, name)));
  if (names.length === 0) return `${title} none`;
  if (names.length <= 3) return `${title} ${names.join(', ')}`;
  return `${title} ${names.slice(0, 2).join(', ')} and ${names.length - 2} more`;
}

/** The active filters, each with the way to take it away. */
export function FilterChipsView({
  filters,
  onFilters,
}: {
  filters: readonly Filter[];
  onFilters: (filters: readonly Filter[]) => void;
}) {
  if (filters.length === 0) return null;
  return (
    <Group gap={6} role="group" aria-label="Active filters">
      {filters.map((filter) => (
        <Group key={`${filter.column} ${filter.kind}`} gap={2} wrap="nowrap" className={styles.chip}>
          <Text size="xs" truncate maw={240}>
            {filterText(filter)}
          </Text>
          <CloseButton
            size={24}
            iconSize={12}
            aria-label={`Remove: ${filterText(filter)}`}
            onClick={() => {
              onFilters(filters.filter((one) => one !== filter));
            }}
          />
        </Group>
      ))}
      <UnstyledButton
        fz="xs"
        className={styles.chip}
        px={8}
        onClick={() => {
          onFilters([]);
        }}
      >
        Clear all
      </UnstyledButton>
    </Group>
  );
}
