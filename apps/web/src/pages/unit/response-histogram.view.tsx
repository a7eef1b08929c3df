import { SegmentedControl, Text } from '@mantine/core';
import type { Unit } from '@noema/contracts/noema/activations/v1/unit';
import { useState } from 'react';
import { count, value } from '../../parts/numbers.js';
import { SectionView } from '../../parts/section.view.js';
import { useClassColor } from './class-colors.js';
import { type HistogramPart, toParts } from './class-histogram.js';
import styles from './response-histogram.module.css';

const WIDTH = 640;
const HEIGHT = 190;

/** How strongly the unit answers to all samples, by label: stacked, or each label for itself. */
export function ResponseHistogramView({ unit }: { unit: Unit }) {
  const [kind, setKind] = useState('stacked');
  const classColor = useClassColor();
  const parts = toParts(unit.histogram, unit.classes);
  const [low, high] = [unit.histogram[0]?.low, unit.histogram.at(-1)?.high];
  if (low === undefined || high === undefined)
    return (
      <SectionView title="Responses">
        <Text size="sm" c="dimmed">
          This unit has no histogram.
        </Text>
      </SectionView>
    );
  return (
    <SectionView
      title="Responses"
      note="of all samples, by label; of a softmax layer logits"
      actions={
        <SegmentedControl
          size="xs"
          aria-label="Kind of histogram"
          data={['stacked', 'by label']}
          value={kind}
          onChange={setKind}
        />
      }
    >
      {kind === 'stacked' ? (
        <Stacked unit={unit} parts={parts} />
      ) : (
        <div className={styles.multiples}>
          {parts.map((part) => (
            <Multiple key={part.index} part={part} />
          ))}
        </div>
      )}
      {kind === 'stacked' && (
        <div className={styles.axis}>
          <span>{value(low)}</span>
          <span>mean response</span>
          <span>{value(high)}</span>
        </div>
      )}
      {kind === 'stacked' && (
        <ul className={styles.legend}>
          {parts.map(({ index, name }) => (
            <li key={index}>
              <i style={{ background: classColor(index) }} />
              {name}
            </li>
          ))}
        </ul>
      )}
    </SectionView>
  );
}

function Stacked({ unit, parts }: { unit: Unit; parts: readonly HistogramPart[] }) {
  const classColor = useClassColor();
  const peak = Math.max(1, ...unit.histogram.map((bin) => bin.count));
  const width = WIDTH / unit.histogram.length;
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      className={styles.chart}
      role="img"
      aria-label={
        `Histogram of ${count(unit.histogram.reduce((sum, bin) => sum + bin.count, 0))} responses from ` +
        `${value(unit.min)} to ${value(unit.max)}, the mode at ${value(findMode(unit))}`
      }
    >
      {unit.histogram.map((bin, at) => {
        let top = HEIGHT;
        return (
          <g key={at}>
            {parts.map(({ index, counts }) => {
              const height = (HEIGHT * (counts[at] ?? 0)) / peak;
              top -= height;
              return (
                height > 0 && (
                  <rect
                    key={index}
                    x={at * width + 0.5}
                    width={width - 1}
                    y={top}
                    height={height}
                    fill={classColor(index)}
                  />
                )
              );
            })}
            <rect x={at * width} width={width} y={0} height={HEIGHT} fill="transparent">
              <title>{`${value(bin.low)} to ${value(bin.high)}: ${count(bin.count)} samples\n${[...parts]
                .map(({ name, counts }) => ({ name, n: counts[at] ?? 0 }))
                .filter(({ n }) => n > 0)
                .sort((a, b) => b.n - a.n)
                .slice(0, 6)
                .map(({ name, n }) => `${name}: ${count(n)}`)
                .join('\n')}`}</title>
            </rect>
          </g>
        );
      })}
    </svg>
  );
}

function Multiple({ part: { index, name, counts } }: { part: HistogramPart }) {
  const classColor = useClassColor();
  const peak = Math.max(1, ...counts);
  return (
    <div className={styles.multiple}>
      <span title={name}>{name}</span>
      <svg
        viewBox={`0 0 ${counts.length} 40`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${name}: ${count(counts.reduce((sum, n) => sum + n, 0))} samples`}
      >
        {counts.map((n, at) => (
          <rect
            key={at}
            x={at + 0.05}
            width={0.9}
            y={40 - (40 * n) / peak}
            height={(40 * n) / peak}
            fill={classColor(index)}
          />
        ))}
      </svg>
    </div>
  );
}

function findMode({ histogram }: Unit): number {
  const mode = histogram.reduce((best, bin) => (bin.count > best.count ? bin : best));
  return (mode.low + mode.high) / 2;
}
