import { Select, Text } from '@mantine/core';
import type { Unit } from '@noema/contracts/noema/activations/v1/unit';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import { Link } from 'react-router-dom';
import { digits, fixed, value } from '../../parts/numbers.js';
import { SignedBarView } from './signed-bar.view.js';
import styles from './unit-list.module.css';
import { UNIT_ORDERS, type UnitOrder } from './unit-order.js';

interface Props {
  units: readonly Unit[];
  order: UnitOrder;
  onOrder: (order: UnitOrder) => void;
  current: number | undefined;
  linkTo: (unit: number) => string;
  height: number;
}

const LINE = 26;

/** All units of a layer: how much each varies, and how it goes with the loss. Works for thousands. */
export function UnitListView({ units, order, onOrder, current, linkTo, height }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: units.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE,
    overscan: 12,
  });
  const most = Math.max(1e-12, ...units.map(({ standardDeviation }) => standardDeviation));
  const strongest = Math.max(0.01, ...units.map(({ lossCorrelation }) => Math.abs(lossCorrelation) || 0));
  const at = units.findIndex(({ unit }) => unit === current);
  useEffect(() => {
    if (at >= 0) rows.scrollToIndex(at, { align: 'auto' });
  }, [at, rows]);
  return (
    <nav aria-label="Units of the layer" className={styles.nav}>
      <Select
        aria-label="Order of the units"
        size="xs"
        mb={8}
        allowDeselect={false}
        data={UNIT_ORDERS}
        value={order}
        onChange={(next) => {
          if (next !== null) onOrder(next);
        }}
      />
      <div className={styles.head} aria-hidden>
        <span>unit</span>
        <span>sd to {digits(most, 2)}</span>
        <span>loss ±{fixed(strongest)}</span>
      </div>
      <div ref={scroller} className={styles.scroller} style={{ maxHeight: height }}>
        <div style={{ height: rows.getTotalSize(), position: 'relative' }}>
          {rows.getVirtualItems().map(({ index, start, key }) => {
            const { unit, standardDeviation, lossCorrelation, dropped } = units[index]!;
            return (
              <Link
                key={key}
                to={linkTo(unit)}
                replace
                className={`${styles.line} ${unit === current ? styles.current : ''}`}
                style={{ top: start, height: LINE }}
                aria-current={unit === current ? 'page' : undefined}
                aria-label={
                  `unit ${unit}${dropped ? ' silent' : ''}, standard deviation ${value(standardDeviation)}, ` +
                  `correlation with the loss ${fixed(lossCorrelation)}`
                }
                title={`sd ${value(standardDeviation)}, loss ${fixed(lossCorrelation)}`}
              >
                <b>{unit}</b>{' '}
                {dropped ? (
                  <Text span size="xs" c="dimmed" className={styles.silent}>
                    silent
                  </Text>
                ) : (
                  <>
                    <span className={styles.track}>
                      <span style={{ width: `${(100 * standardDeviation) / most}%` }} />
                    </span>
                    <SignedBarView share={lossCorrelation / strongest} height={7} />
                  </>
                )}
              </Link>
            );
          })}
        </div>
      </div>
    </nav>
  );
}
