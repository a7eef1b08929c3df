import classes from './line-chart.module.css';
import type { LinePlot, PlotFrame } from './line-plot.js';

/** The axes of a line chart with their marks. */
export function LineGridView({
  plot: { x, y },
  frame,
  format,
  step,
}: {
  plot: LinePlot;
  frame: PlotFrame;
  format: (value: number) => string;
  step: string;
}) {
  const foot = frame.height - frame.bottom;
  return (
    <g className={classes.grid} aria-hidden="true">
      {y.ticks.map((tick) => (
        <g key={tick} transform={`translate(0 ${y.at(tick)})`}>
          <line x1={frame.left} x2={frame.width - frame.right} />
          <text x={frame.left - 8} dy="0.32em" textAnchor="end">
            {format(tick)}
          </text>
        </g>
      ))}
      <line className={classes.base} x1={frame.left} x2={frame.width - frame.right} y1={foot} y2={foot} />
      {x.ticks.map((tick) => (
        <text key={tick} x={x.at(tick)} y={foot + 16} textAnchor="middle">
          {tick}
        </text>
      ))}
      <text x={frame.left - 8} y={foot + 16} textAnchor="end">
        {step}
      </text>
    </g>
  );
}
