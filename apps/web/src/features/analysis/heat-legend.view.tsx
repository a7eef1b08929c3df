import { Group, Stack, Text } from '@mantine/core';
import { value } from '../../parts/numbers.js';
import { heatGradient } from './heat-colors.js';
import { colorsFor, type HeatMapStyle } from './heat-map-style.state.js';
import { type HeatMapPlace, useHeatValues } from './heat-values.query.js';

/** Colors of a heat map with the numbers at their ends, and what the ends mean. */
export function HeatLegendView({
  map,
  signed,
  look,
  low,
  high,
}: {
  map: HeatMapPlace;
  signed: boolean;
  look: HeatMapStyle;
  low: string;
  high: string;
}) {
  const { data } = useHeatValues(map);
  const colors = colorsFor(look, signed);
  const both = signed && colors === 'diverging';
  const peak = data === undefined ? '' : value(Number(data.peak.toPrecision(3)));
  return (
    <Stack gap={3} mih={46}>
      <div
        style={{ height: 10, borderRadius: 3, background: heatGradient(colors, both) }}
        role="img"
        aria-label={both ? `colors from −${peak}, ${low}, to ${peak}, ${high}` : `colors from 0 to ${peak}`}
      />
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Text size="xs" c="dimmed">
          {both ? `−${peak} ${low}` : signed ? '0 (size only)' : '0'}
        </Text>
        {both && (
          <Text size="xs" c="dimmed">
            0
          </Text>
        )}
        <Text size="xs" c="dimmed" ta="right">
          {both || !signed ? `${peak} ${high}` : peak}
        </Text>
      </Group>
    </Stack>
  );
}
