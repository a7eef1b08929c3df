import { Paper, Text } from '@mantine/core';
import classes from './line-chart.module.css';
import type { LinePlot } from './line-plot.js';
import { type LineSeries, valueAt } from './line-series.js';

interface Tooltip {
  plot: LinePlot;
  series: readonly LineSeries[];
  place: number;
  step: string;
  format: (value: number | undefined) => string;
  width: number;
}

/** The numbers of all lines at one place, next to the crosshair; read out when they change. */
export function LineTooltipView({ plot, series, place, step, format, width }: Tooltip) {
  const at = plot.x.at(place);
  const side = at > width * 0.6 ? { right: width - at + 12 } : { left: at + 12 };
  return (
    <Paper className={classes.tooltip} shadow="md" withBorder px={10} py={6} style={side} aria-live="polite">
      <Text size="xs" fw={600}>
        {step} {Number(place.toFixed(2))}
      </Text>
      {series.map((line) => {
        const value = valueAt(line, place);
        return value === undefined ? null : (
          <div key={line.key} className={classes.row}>
            <SwatchView line={line} />
            <span className={classes.name}>{line.label}</span>
            <span className={classes.number}>{format(value)}</span>
          </div>
        );
      })}
    </Paper>
  );
}

/** A short piece of a line in its drawn style. */
export function SwatchView({ line: { color, dash, width, opacity } }: { line: LineSeries }) {
  return (
    <svg width={18} height={8} aria-hidden="true" style={{ flexShrink: 0 }}>
      <line
        x1={1}
        x2={17}
        y1={4}
        y2={4}
        stroke={color}
        opacity={opacity}
        strokeWidth={width ?? 2.2}
        strokeDasharray={dash}
        strokeLinecap="round"
      />
    </svg>
  );
}
