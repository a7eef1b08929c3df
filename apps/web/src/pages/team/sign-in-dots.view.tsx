import { dotCloud } from './dot-cloud.js';
import classes from './sign-in.module.css';

const COLORS = ['#5b8def', '#39b8a6', '#f2b134', '#d6699a', '#8f7ee7', '#e07b4f'];
const DOTS = dotCloud(420, [
  [0.12, 0.2],
  [0.3, 0.78],
  [0.74, 0.14],
  [0.9, 0.52],
  [0.62, 0.88],
  [0.06, 0.62],
]);

/** A population behind the form; decoration only. */
export function SignInDotsView() {
  return (
    <svg className={classes.dots} viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden>
      {DOTS.map(({ x, y, r, cluster }, i) => (
        <ellipse key={i} cx={x * 100} cy={y * 100} rx={r * 0.62} ry={r} fill={COLORS[cluster]} />
      ))}
    </svg>
  );
}
