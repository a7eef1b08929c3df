import { Text } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import type { SampleEpoch } from '@noema/contracts/noema/training/v1/evaluation_summary';
import { percent, value } from '../../parts/numbers.js';
import styles from './history-chart.module.css';
import { className } from '../../features/sample/verdict.view.js';

/** A chart is as wide as its room, and at least this wide, in pixels. */
const MIN_WIDTH = 200;
/** Room that the number of an epoch takes. */
const NUMBER_ROOM = 26;
const PANEL = 84;
const LEFT = 76;
const RIGHT = 12;

/**
 * Probability of the label and loss of a sample over the epochs; each epoch is marked as correct (disc) or
 * misclassified (cross).
 */
export function HistoryChartView({
  epochs,
  now,
  onChoose,
}: {
  epochs: readonly SampleEpoch[];
  now: number;
  onChoose: (epoch: number) => void;
}) {
  const { ref, width, x, half, isNumbered } = useColumns(epochs.length);
  if (epochs.length === 0)
    return (
      <Text size="sm" c="dimmed">
        No epoch is done yet.
      </Text>
    );
  const known = epochs.some(({ hasLoss }) => hasLoss);
  const pixels = epochs.some(({ pixelAccuracy }) => pixelAccuracy !== undefined);
  const hasClass = epochs.some(({ predictedClass }) => predictedClass >= 0);
  if (!hasClass && !pixels && !known)
    return (
      <Text size="sm" c="dimmed">
        Without ground truth there is no loss to follow.
      </Text>
    );
  if (!hasClass)
    return <NumberHistoryView epochs={epochs} now={now} onChoose={onChoose} hasPixels={pixels} />;
  const highest = Math.max(...epochs.map(({ loss }) => (Number.isFinite(loss) ? loss : 0)), 1e-9);
  const label = epochs
    .map((e) => {
      const verdict = known ? `, ${e.correct ? 'correct' : 'misclassified'}, loss ${value(e.loss)}` : '';
      return `epoch ${e.epoch}: predicted ${className(e.predictedClassName, e.predictedClass)}${verdict}`;
    })
    .join('; ');
  const height = known ? 2 * PANEL + 26 : PANEL + 26;
  return (
    <div ref={ref} style={{ height }}>
      {width > 0 && (
        <svg width={width} height={height} className={styles.chart} role="img" aria-label={label}>
          {epochs.map(
            (entry, at) =>
              entry.epoch === now && (
                <rect
                  key={entry.epoch}
                  x={x(at) - half}
                  y={0}
                  width={2 * half}
                  height={height}
                  rx={4}
                  className={styles.now}
                />
              ),
          )}
          <Panel
            top={4}
            title={known ? 'p(label)' : 'confidence'}
            width={width}
            ticks={['100%', '0']}
            points={epochs.map((e, at) => ({ x: x(at), share: known ? e.trueProbability : e.confidence }))}
          />
          {known && (
            <Panel
              top={PANEL + 4}
              title="loss"
              width={width}
              ticks={[value(highest), '0']}
              points={epochs.map((e, at) => ({
                x: x(at),
                share: Number.isFinite(e.loss) ? e.loss / highest : 1,
              }))}
            />
          )}
          {epochs.map((entry, at) => (
            <g
              key={entry.epoch}
              className={styles.epoch}
              onClick={() => {
                onChoose(entry.epoch);
              }}
            >
              <rect x={x(at) - half} y={0} width={2 * half} height={height} rx={4} className={styles.other} />
              {[
                known ? entry.trueProbability : entry.confidence,
                ...(known ? [Number.isFinite(entry.loss) ? entry.loss / highest : 1] : []),
              ].map((share, panel) => (
                <Mark
                  key={panel}
                  x={x(at)}
                  y={toY(share, 4 + panel * PANEL)}
                  right={entry.correct}
                  known={known}
                />
              ))}
              {isNumbered(at) && (
                <text x={x(at)} y={height - 6} textAnchor="middle">
                  {entry.epoch}
                </text>
              )}
              <title>
                {`Epoch ${entry.epoch}: predicted ` +
                  `${className(entry.predictedClassName, entry.predictedClass)} ` +
                  `(${percent(entry.confidence)})` +
                  (known ? `, p(label) ${percent(entry.trueProbability)}, loss ${value(entry.loss)}` : '')}
              </title>
            </g>
          ))}
        </svg>
      )}
    </div>
  );
}

/** Loss, and per pixel the accuracy, of a sample of a model that gives it no class. */
function NumberHistoryView({
  epochs,
  now,
  onChoose,
  hasPixels,
}: {
  epochs: readonly SampleEpoch[];
  now: number;
  onChoose: (epoch: number) => void;
  hasPixels: boolean;
}) {
  const { ref, width, x, half, isNumbered } = useColumns(epochs.length);
  const highest = Math.max(...epochs.map(({ loss }) => loss), 1e-9);
  const height = (hasPixels ? 2 : 1) * PANEL + 26;
  const told = (e: SampleEpoch): string =>
    `epoch ${e.epoch}: loss ${value(e.loss)}` +
    (e.prediction === undefined ? '' : `, predicted ${value(e.prediction)}`) +
    (e.pixelAccuracy === undefined ? '' : `, accuracy by position ${percent(e.pixelAccuracy)}`);
  return (
    <div ref={ref} style={{ height }}>
      {width > 0 && (
        <svg
          width={width}
          height={height}
          className={styles.chart}
          role="img"
          aria-label={epochs.map(told).join('; ')}
        >
          {hasPixels && (
            <Panel
              top={PANEL + 4}
              title="positions"
              width={width}
              ticks={['100%', '0']}
              points={epochs.map((e, at) => ({ x: x(at), share: e.pixelAccuracy ?? 0 }))}
            />
          )}
          <Panel
            top={4}
            title="loss"
            width={width}
            ticks={[value(highest), '0']}
            points={epochs.map((e, at) => ({ x: x(at), share: e.loss / highest }))}
          />
          {epochs.map((entry, at) => (
            <g
              key={entry.epoch}
              className={styles.epoch}
              onClick={() => {
                onChoose(entry.epoch);
              }}
            >
              <rect
                x={x(at) - half}
                y={0}
                width={2 * half}
                height={height}
                rx={4}
                className={entry.epoch === now ? styles.now : styles.other}
              />
              <Mark x={x(at)} y={toY(entry.loss / highest, 4)} right={false} known={false} />
              {isNumbered(at) && (
                <text x={x(at)} y={height - 6} textAnchor="middle">
                  {entry.epoch}
                </text>
              )}
              <title>{told(entry)}</title>
            </g>
          ))}
        </svg>
      )}
    </div>
  );
}

/**
 * The place of every epoch in a chart that is as wide as there is room, half the width that is its own, and
 * which epochs have their number beneath.
 */
function useColumns(count: number) {
  const { ref, width: room } = useElementSize<HTMLDivElement>();
  const width = room === 0 ? 0 : Math.max(MIN_WIDTH, room);
  const span = width - LEFT - RIGHT;
  const step = Math.max(1, Math.ceil((count * NUMBER_ROOM) / Math.max(NUMBER_ROOM, span)));
  return {
    ref,
    width,
    half: Math.min(16, span / Math.max(1, count - 1) / 2),
    x: (at: number): number => LEFT + (count === 1 ? span / 2 : (span * at) / (count - 1)),
    isNumbered: (at: number): boolean => at % step === 0,
  };
}

const toY = (share: number, top: number): number => top + 8 + (PANEL - 24) * (1 - share);

function Panel({
  top,
  width,
  title,
  ticks,
  points,
}: {
  top: number;
  width: number;
  title: string;
  ticks: readonly [string, string];
  points: readonly { x: number; share: number }[];
}) {
  return (
    <g>
      <line x1={LEFT - 6} x2={width} y1={toY(1, top)} y2={toY(1, top)} className={styles.grid} />
      <line x1={LEFT - 6} x2={width} y1={toY(0, top)} y2={toY(0, top)} className={styles.grid} />
      <text x={LEFT - 10} y={toY(1, top) + 4} textAnchor="end">
        {ticks[0]}
      </text>
      <text x={LEFT - 10} y={toY(0, top) + 4} textAnchor="end">
        {ticks[1]}
      </text>
      <text x={LEFT - 10} y={toY(0.5, top) + 4} textAnchor="end" className={styles.title}>
        {title}
      </text>
      <polyline
        points={points.map(({ x, share }) => `${x},${toY(share, top)}`).join(' ')}
        className={styles.line}
      />
    </g>
  );
}

function Mark({ x, y, right, known }: { x: number; y: number; right: boolean; known: boolean }) {
  if (!known || right)
    return <circle cx={x} cy={y} r={4.5} className={known ? styles.right : styles.neutral} />;
  return <path d={`M${x - 4},${y - 4}l8,8m0,-8l-8,8`} className={styles.wrong} />;
}
