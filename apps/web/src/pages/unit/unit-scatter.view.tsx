import { Text } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import type { Unit } from '@noema/contracts/noema/activations/v1/unit';
import { Link } from 'react-router-dom';
import { digits, fixed, value } from '../../parts/numbers.js';
import { SectionView } from '../../parts/section.view.js';
import styles from './unit-scatter.module.css';

/** Height for a width, in pixels, and its bounds. */
const FLATNESS = 0.55;
const [LOWEST, HIGHEST] = [280, 560];
const LEFT = 54;
const BOTTOM = 36;

/** The units of a layer by how much they vary and how that goes with the loss; each dot leads to its unit. */
export function UnitScatterView({
  units,
  linkTo,
}: {
  units: readonly Unit[];
  linkTo: (unit: number) => string;
}) {
  const { ref, width } = useElementSize<HTMLDivElement>();
  const height = Math.max(LOWEST, Math.min(HIGHEST, Math.round(FLATNESS * width)));
  const live = units.filter(({ dropped }) => !dropped);
  const most = Math.max(1e-12, ...live.map(({ standardDeviation }) => standardDeviation));
  const strongest = Math.max(0.01, ...live.map(({ lossCorrelation }) => Math.abs(lossCorrelation) || 0));
  const x = (sd: number): number => LEFT + (width - LEFT - 16) * (sd / most);
  const y = (correlation: number): number =>
    16 + ((height - BOTTOM - 16) * (1 - correlation / strongest)) / 2;
  return (
    <SectionView
      title="Units of the layer"
      note={
        'right: varies more over the population; up or down: goes with the loss. Choose one to see what ' +
        'it responds to.'
      }
    >
      <div ref={ref} style={{ minHeight: LOWEST }}>
        {width > 0 && (
          <svg
            width={width}
            height={height}
            className={styles.chart}
            role="group"
            aria-label={`${live.length} units by standard deviation and correlation with the loss`}
          >
            {[strongest, 0, -strongest].map((tick) => (
              <g key={tick}>
                <line x1={LEFT} x2={width} y1={y(tick)} y2={y(tick)} className={styles.grid} />
                <text x={LEFT - 8} y={y(tick) + 4} textAnchor="end">
                  {tick === 0 ? '0' : `${tick > 0 ? '+' : '−'}${fixed(strongest)}`}
                </text>
              </g>
            ))}
            <text x={LEFT} y={height - 8}>
              0
            </text>
            <text x={(LEFT + width) / 2} y={height - 8} textAnchor="middle" className={styles.title}>
              standard deviation of the response
            </text>
            <text x={width - 4} y={height - 8} textAnchor="end">
              {digits(most, 3)}
            </text>
            <text
              transform={`translate(13 ${y(0)}) rotate(-90)`}
              textAnchor="middle"
              className={styles.title}
            >
              correlation with the loss
            </text>
            {live.map(({ unit, standardDeviation, lossCorrelation }) => (
              <Link
                key={unit}
                to={linkTo(unit)}
                aria-label={
                  `unit ${unit}: standard deviation ${value(standardDeviation)}, correlation ` +
                  `${fixed(lossCorrelation)}`
                }
              >
                <circle
                  cx={x(standardDeviation)}
                  cy={y(lossCorrelation)}
                  r={live.length > 300 ? 4 : 6}
                  className={styles.dot}
                >
                  <title>{`unit ${unit}`}</title>
                </circle>
                {live.length <= 64 && (
                  <text x={x(standardDeviation) + 8} y={y(lossCorrelation) + 4}>
                    {unit}
                  </text>
                )}
              </Link>
            ))}
          </svg>
        )}
      </div>
      {live.length < units.length && (
        <Text size="xs" c="dimmed" mt={6}>
          {units.length - live.length} silent {units.length - live.length === 1 ? 'unit is' : 'units are'}{' '}
          left out: without variance there is nothing to see.
        </Text>
      )}
    </SectionView>
  );
}
