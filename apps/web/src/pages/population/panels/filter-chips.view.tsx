import { CloseButton, Group, Text, UnstyledButton } from '@mantine/core';
import { value as numberText } from '../../../parts/numbers.js';
import { useSlices } from '../../../features/selection/slices.query.js';
import { codeTitle, columnTitle } from '../points/column.js';
import type { Filter } from '../selection/filters.js';
import { findSliceId } from '../selection/selection-mask.js';
import styles from '../style/population.module.css';

/** A filter in a few words; `sliceName` names the slice of an id once it is known. */
export function filterText(filter: Filter, sliceName: (id: string) => string | undefined): string {
  if (filter.kind === 'rows') {
    const sliceId = findSliceId(filter.rows);
    if (sliceId === undefined) return 'only what was selected';
    const name = sliceName(sliceId);
    return name === undefined ? 'only the slice' : `only ${name}`;
  }
  const title = columnTitle(filter.column);
  if (filter.kind === 'range') return `${title} ${numberText(filter.low)} to ${numberText(filter.high)}`;
  const names = filter.names.map((name) => (name === null ? 'no value' : codeTitle(filter.column, name)));
  if (names.length === 0) return `${title} none`;
  if (names.length <= 3) return `${title} ${names.join(', ')}`;
  return `${title} ${names.slice(0, 2).join(', ')} and ${names.length - 2} more`;
}

/** The active filters, each with the way to take it away. */
export function FilterChipsView({
  datasetVersionId,
  filters,
  onFilters,
}: {
  datasetVersionId: string;
  filters: readonly Filter[];
  onFilters: (filters: readonly Filter[]) => void;
}) {
  const slices = useSlices(datasetVersionId).data;
  if (filters.length === 0) return null;
  const toText = (filter: Filter): string =>
    filterText(filter, (id) => slices?.find((slice) => slice.id === id)?.displayName);
  return (
    <Group gap={6} role="group" aria-label="Active filters">
      {filters.map((filter) => (
        <Group key={`${filter.column} ${filter.kind}`} gap={2} wrap="nowrap" className={styles.chip}>
          <Text size="xs" truncate maw={240}>
            {toText(filter)}
          </Text>
          <CloseButton
            size={24}
            iconSize={12}
            aria-label={`Remove: ${toText(filter)}`}
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
