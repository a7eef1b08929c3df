import type { RowLanes } from './layer-graph.js';
import classes from './model-card.module.css';

/** Height of a row in pixels: the lines of two rows meet. */
export const ROW_HEIGHT = 34;
const LANE_WIDTH = 14;
/** Lanes beyond are drawn upon the last. */
const MAX_LANES = 12;

/** Width of the lanes of a graph in pixels. */
export const lanesWidth = (rows: readonly RowLanes[]): number => {
  const most = rows.reduce((max, { lane, through, from }) => Math.max(max, lane, ...through, ...from), 0);
  return (Math.min(most, MAX_LANES - 1) + 1) * LANE_WIDTH + 14;
};

const middle = (lane: number): number => 13 + Math.min(lane, MAX_LANES - 1) * LANE_WIDTH;

/** The part of the graph that is next to one row: lines from the rows above, past it, and to the rows below. */
export function LanesView({
  lanes: { lane, from, through, leadsOn },
  width,
  mark,
}: {
  lanes: RowLanes;
  width: number;
  mark: 'recorded' | 'group' | 'dot';
}) {
  const half = ROW_HEIGHT / 2;
  const x = middle(lane);
  return (
    <svg width={width} height={ROW_HEIGHT} className={classes.lanes} aria-hidden="true">
      {through.map((one) => (
        <path key={one} d={`M${middle(one)} 0V${ROW_HEIGHT}`} />
      ))}
      {from.map((one) => (
        <path key={`from ${one}`} d={`M${middle(one)} 0C${middle(one)} ${half} ${x} 0 ${x} ${half}`} />
      ))}
      {leadsOn && <path d={`M${x} ${half}V${ROW_HEIGHT}`} />}
      {mark === 'group' ? (
        <rect x={x - 5} y={half - 5} width={10} height={10} rx={2} className={classes.group} />
      ) : (
        <circle cx={x} cy={half} r={4} className={mark === 'recorded' ? classes.recorded : classes.dot} />
      )}
    </svg>
  );
}
