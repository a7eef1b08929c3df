import type { Scatterplot } from '@noema/scatterplot';
import { useEffect, useRef } from 'react';
import { type LabelBox, type PlaceLabel, placeLabels } from './label-placement.js';
import styles from './population.module.css';

const HEIGHT = 20;

/** Names at their clusters; they follow the camera without a render of the page, and none covers another. */
export function LabelsView({ plot, labels }: { plot: Scatterplot; labels: readonly PlaceLabel[] }) {
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const box = frame.current;
    if (box === null) return undefined;
    const names = [...box.children] as HTMLElement[];
    const widths = names.map((name) => name.offsetWidth);
    const place = (): void => {
      const boxes = labels.map((label, at): LabelBox & { at: number } => {
        const { x, y } = plot.project(label);
        return { at, code: label.code, left: x - widths[at]! / 2, top: y - HEIGHT / 2, width: widths[at]!, height: HEIGHT };
      });
      const shown = new Map(placeLabels(boxes, box.clientWidth, box.clientHeight).map((one) => [one.code, one]));
      labels.forEach(({ code }, at) => {
        const one = shown.get(code);
        const { style } = names[at]!;
        style.visibility = one === undefined ? 'hidden' : 'visible';
        if (one !== undefined) style.transform = `translate(${one.left}px, ${one.top}px)`;
      });
    };
    place();
    return plot.on('frame', place);
  }, [plot, labels]);
  return <div ref={frame} className={styles.labels} aria-hidden="true">{labels.map(({ code, name }) => <span key={code} className={styles.label} data-testid="cluster-label">{name}</span>)}</div>;
}
