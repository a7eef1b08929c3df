import { Anchor, Text } from '@mantine/core';
import type { CompareUnitsResponse } from '@noema/contracts/noema/activations/v1/unit_service';
import { Link } from 'react-router-dom';
import { links } from '../../parts/address/links.js';
import { fixed, value as numberText } from '../../parts/numbers.js';
import styles from './selection.module.css';

/** The units that respond to the selection differently than to the rest, each a link to its page. */
export function UnitDifferenceView({
  data,
  projectId,
  runId,
  epoch,
}: {
  data: CompareUnitsResponse;
  projectId: string;
  runId: string;
  epoch: number;
}) {
  if (data.units.length === 0)
    return (
      <Text size="xs" c="dimmed">
        No unit responds differently.
      </Text>
    );
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th>unit</th>
          <th title="Mean response to the selection">selected</th>
          <th title="Mean response to the rest">rest</th>
          <th title="Difference of the means in pooled standard deviations (Cohen's d)">effect</th>
        </tr>
      </thead>
      <tbody>
        {data.units.map(({ layer, unit, selectedMean, restMean, effect }) => (
          <tr key={`${layer} ${unit}`}>
            <td>
              <Anchor
                component={Link}
                to={links.unit(projectId, runId, { layer, unit }, { epoch })}
                size="xs"
              >
                {layer} · {unit}
              </Anchor>
            </td>
            <td>{numberText(selectedMean)}</td>
            <td>{numberText(restMean)}</td>
            <td style={{ fontWeight: 600 }}>
              {effect > 0 ? '+' : ''}
              {fixed(effect)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
