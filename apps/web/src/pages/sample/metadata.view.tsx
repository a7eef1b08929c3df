import { Text } from '@mantine/core';
import type { Sample } from '@noema/contracts/noema/datasets/v1/sample';
import { plainName } from '../../parts/plain-name.js';
import { type Cell, cellText } from '../../features/sample/cell-text.js';
import styles from './metadata.module.css';

/** Metadata of a sample other than its input and label. */
export function MetadataView({ sample }: { sample: Sample }) {
  const entries = Object.entries(sample.metadata ?? {});
  if (entries.length === 0)
    return (
      <Text size="sm" c="dimmed">
        The integration declares no metadata. Add a metadata handler to color, filter and compare by it.
      </Text>
    );
  return (
    <dl className={styles.list}>
      {entries.map(([name, cell]) => (
        <div key={name}>
          <dt title={name}>{plainName(name)}</dt>
          <dd title={cellText(cell as Cell)}>{cellText(cell as Cell)}</dd>
        </div>
      ))}
    </dl>
  );
}
