import { Text, Tooltip } from '@mantine/core';
import type { Unit } from '@noema/contracts/noema/activations/v1/unit';
import { fixed } from '../../parts/numbers.js';
import { plainName } from '../../parts/plain-name.js';
import { SectionView } from '../../parts/section.view.js';
import styles from './bars.module.css';
import { SignedBarView } from './signed-bar.view.js';

/**
 * How the response correlates with the loss and the metadata: correlation from −1 to 1, or the correlation
 * ratio η of texts.
 */
export function RelationsView({ unit }: { unit: Unit }) {
  // A correlation with the number of a class means nothing; the means by label stand next to it.
  const lines = [
    { name: 'loss', correlation: unit.lossCorrelation, ratio: false },
    ...unit.metadata.filter(({ name }) => name !== 'label'),
  ];
  return (
    <SectionView title="Correlations" note="correlation, −1 to 1; η: correlation ratio of a text, 0 to 1">
      <ul className={styles.list}>
        {lines.map(({ name, correlation, ratio }) => (
          <li key={name} className={styles.line}>
            <span className={styles.name} title={name}>
              {plainName(name)}
            </span>
            <SignedBarView share={correlation} />
            <span className={styles.number}>
              {ratio && (
                <Tooltip label="correlation ratio: how much of the response the text explains">
                  <Text span size="xs" c="dimmed" tabIndex={0}>
                    η{' '}
                  </Text>
                </Tooltip>
              )}
              {fixed(correlation)}
            </span>
          </li>
        ))}
      </ul>
      {unit.metadata.length === 0 && (
        <Text size="xs" c="dimmed" mt={6}>
          The dataset has no metadata to correlate with.
        </Text>
      )}
    </SectionView>
  );
}
