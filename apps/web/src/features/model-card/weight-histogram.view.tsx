import type { WeightStatistics } from '@noema/contracts/noema/training/v1/model';
import classes from './model-card.module.css';
import { type Domain, histogramBars, sharedDomain, weightText } from './weight-histogram.js';

/** The histogram of one weight; without a domain over its own range. */
export function WeightHistogramView({
  weight,
  domain = sharedDomain([weight]),
  height,
  label = `${weight.name}: ${weightText(weight)}`,
}: {
  weight: WeightStatistics;
  domain?: Domain | undefined;
  height: number;
  label?: string;
}) {
  if (domain === undefined) return <span className={classes.bad}>no finite value</span>;
  const zero = -domain[0] / (domain[1] - domain[0]);
  return (
    <svg
      viewBox="0 0 1 1"
      preserveAspectRatio="none"
      width="100%"
      height={height}
      role="img"
      aria-label={label}
      className={classes.histogram}
    >
      {zero > 0 && zero < 1 && <line x1={zero} x2={zero} y1={0} y2={1} className={classes.zero} />}
      {histogramBars(weight, domain).map(({ left, width, height: share }) => (
        <rect
          key={left}
          x={left}
          width={width}
          y={1 - Math.max(0.03, share)}
          height={Math.max(0.03, share)}
        />
      ))}
    </svg>
  );
}
