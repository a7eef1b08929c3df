import { memo } from 'react';
import { linePlot } from './line-plot.js';
import type { LinePoint } from './line-series.js';

const FRAME = { width: 84, height: 24, left: 2, right: 2, top: 3, bottom: 3 };

/** A small line without axes, such as the loss over the epochs; `label` says what it shows. */
export const SparklineView = memo(function SparklineView({
  points,
  label,
  color = 'var(--mantine-primary-color-filled)',
}: {
  points: readonly LinePoint[];
  label: string;
  color?: string;
}) {
  const plot = linePlot([{ key: label, label, color, points }], FRAME);
  const line = plot?.lines[0];
  const last = line?.dots.at(-1);
  return (
    <svg width={FRAME.width} height={FRAME.height} role="img" aria-label={label} style={{ display: 'block' }}>
      {line !== undefined && (
        <path d={line.path} fill="none" stroke={color} strokeWidth={1.5} strokeLinejoin="round" />
      )}
      {last !== undefined && <circle cx={last.cx} cy={last.cy} r={2} fill={color} />}
    </svg>
  );
});
