import { boxCorners, labelColor, type StoredBoxes } from '@noema/integration/visuals';
import { value } from '../../../parts/numbers.js';
import styles from './annotations.module.css';
import type { NotedBox } from './detected-boxes.js';
import { inkOn } from './ink.js';
import type { AnnotationStyle } from './visual-drawing.js';

/** Share of the height that a name needs; one at an edge of the picture is inside its box. */
const NO_ROOM = 0.06;

/** The lines of the boxes, and their names with scores. */
export function BoxesView({ visual, style }: { visual: StoredBoxes; style: AnnotationStyle }) {
  const { width, height, labels } = visual;
  const boxes: readonly NotedBox[] = visual.boxes.filter((box) => style.isShown(box));
  return (
    <>
      <svg className={styles.lines} viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden>
        {boxes.map((box, at) => {
          const points = boxCorners(box).join(' ');
          const dashes = box.predicted === true ? ` ${styles.predicted}` : '';
          return (
            <g key={at}>
              <polygon points={points} className={`${styles.halo}${dashes}`} />
              <polygon points={points} className={`${styles.line}${dashes}`} stroke={labelColor(box.label)} />
            </g>
          );
        })}
      </svg>
      {style.hasNames &&
        boxes.map((box, at) => <Name key={at} box={box} name={labels[box.label] ?? ''} size={visual} />)}
    </>
  );
}

function Name({
  box,
  name,
  size: { width, height },
}: {
  box: NotedBox;
  name: string;
  size: { readonly width: number; readonly height: number };
}) {
  const corners = boxCorners(box);
  const left = Math.max(0, Math.min(...corners.map(([x]) => x)));
  const isPredicted = box.predicted === true;
  // above ground truth, below a prediction: boxes of both often share their upper left corner
  const edge = isPredicted ? Math.max(...corners.map(([, y]) => y)) : Math.min(...corners.map(([, y]) => y));
  const top = Math.min(height, Math.max(0, edge));
  const isBelow = isPredicted ? top < (1 - NO_ROOM) * height : top < NO_ROOM * height;
  const color = labelColor(box.label);
  return (
    <span
      aria-hidden
      data-verbatim
      className={`${styles.name}${isBelow ? ` ${styles.below}` : ''}`}
      style={{
        left: `${(100 * left) / width}%`,
        top: `${(100 * top) / height}%`,
        background: color,
        color: inkOn(color),
        fontStyle: isPredicted ? 'italic' : undefined,
      }}
    >
      {name}
      {box.score === undefined ? '' : ` ${value(box.score)}`}
      {box.note === undefined ? '' : ` · ${box.note}`}
    </span>
  );
}
