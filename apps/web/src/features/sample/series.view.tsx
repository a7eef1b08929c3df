import { Group, Text, useComputedColorScheme } from '@mantine/core';
import { categoryColor, cssOf } from '../../parts/scales/scales.js';
import { value } from '../../parts/numbers.js';

const WIDTH = 600;

/** Named lines over a common axis, with their least and greatest value. */
export function SeriesView({
  series,
  height,
}: {
  series: Readonly<Record<string, readonly number[]>>;
  height: number;
}) {
  const names = Object.keys(series);
  const ground = useComputedColorScheme('light');
  const finite = Object.values(series).flatMap((values) => values.filter(Number.isFinite));
  const [low, high] = finite.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity]);
  if (finite.length === 0)
    return (
      <Text size="sm" c="dimmed">
        The series have no values.
      </Text>
    );
  return (
    <div>
      <svg
        viewBox={`0 0 ${WIDTH} ${height}`}
        width="100%"
        height={height}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Lines ${names.join(', ')} from ${value(low)} to ${value(high)}`}
      >
        {names.map((name, at) => (
          <polyline
            key={name}
            points={pointsOf(series[name] ?? [], { low, high, height })}
            fill="none"
            stroke={cssOf(categoryColor(at, ground))}
            strokeWidth={1.5}
            vectorEffect="non-scaling-stroke"
          />
        ))}
      </svg>
      <Group gap="md" mt={4}>
        {names.map((name, at) => (
          <Text key={name} size="xs">
            <span
              aria-hidden
              style={{
                display: 'inline-block',
                width: 10,
                height: 3,
                marginRight: 6,
                verticalAlign: 'middle',
                background: cssOf(categoryColor(at, ground)),
              }}
            />
            {name}
          </Text>
        ))}
        <Text size="xs" c="dimmed">
          {value(low)} to {value(high)}
        </Text>
      </Group>
    </div>
  );
}

function pointsOf(
  values: readonly number[],
  { low, high, height }: { low: number; high: number; height: number },
): string {
  const span = high - low || 1;
  return values
    .map((v, at) =>
      Number.isFinite(v)
        ? `${(WIDTH * at) / Math.max(1, values.length - 1)},${4 + (height - 8) * (1 - (v - low) / span)}`
        : '',
    )
    .join(' ');
}
