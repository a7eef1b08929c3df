import { Checkbox, Group, Text } from '@mantine/core';
import { labelColor, type StoredBoxes, type StoredMask } from '@noema/integration/visuals';
import { Suspense, useMemo, useState } from 'react';
import { visualDrawings } from '../../features/sample/visuals/visual.registry.js';
import type { Annotation, AnnotationStyle } from '../../features/sample/visuals/visual-drawing.js';
import { count as counted } from '../../parts/numbers.js';
import { OpacitySliderView } from '../../parts/opacity-slider.view.js';
import styles from './annotated-picture.module.css';
import { ZoomPictureView } from './zoom-picture.view.js';

/** Boxes up to which their names are written. */
const NAMED = 40;
/** Classes that the legend lists. */
const LISTED = 24;

/**
 * A picture with its boxes or masks: classes, ground truth and predictions can be hidden, and the opacity of
 * masks be set.
 */
export function AnnotatedPictureView({
  visual,
  ...picture
}: {
  visual: StoredBoxes | StoredMask;
  url: string;
  alt: string;
  small: boolean;
  height: number;
}) {
  const drawing = visualDrawings.get(visual.kind).annotations!;
  const annotations = useMemo(() => drawing.list(visual), [drawing, visual]);
  const [hiddenLabels, setHiddenLabels] = useState<ReadonlySet<number>>(new Set());
  const [sources, setSources] = useState({ truth: true, predicted: true });
  const [hasNames, setNames] = useState(annotations.length <= NAMED);
  const [opacity, setOpacity] = useState(0.8);
  const style = useMemo<AnnotationStyle>(
    () => ({
      isShown: ({ label, predicted = false }) =>
        !hiddenLabels.has(label) && (predicted ? sources.predicted : sources.truth),
      hasNames,
      opacity,
    }),
    [hiddenLabels, sources, hasNames, opacity],
  );
  const groups = countByLabel(annotations);
  const predicted = annotations.filter((one) => one.predicted === true).length;
  const toggle = (label: number): void => {
    setHiddenLabels((now) => {
      const next = new Set(now);
      if (!next.delete(label)) next.add(label);
      return next;
    });
  };
  return (
    <div>
      <ZoomPictureView
        {...picture}
        overlay={{
          width: visual.width,
          height: visual.height,
          content: <Suspense>{drawing.draw(visual, style)}</Suspense>,
        }}
      />
      {annotations.length === 0 ? (
        <Text size="xs" c="dimmed" mt={6}>
          Nothing is marked on this picture.
        </Text>
      ) : (
        <>
          <Group gap="md" mt={6}>
            {predicted < annotations.length && predicted > 0 && (
              <SourceSwitch
                label={`Ground truth (${annotations.length - predicted})`}
                checked={sources.truth}
                isDashed={false}
                isArea={drawing.isCovering}
                onChange={(truth) => {
                  setSources({ ...sources, truth });
                }}
              />
            )}
            {predicted > 0 && (
              <SourceSwitch
                label={`Predicted (${predicted})`}
                checked={sources.predicted}
                isDashed
                isArea={drawing.isCovering}
                onChange={(shown) => {
                  setSources({ ...sources, predicted: shown });
                }}
              />
            )}
            {drawing.isCovering ? (
              <OpacitySliderView of="the masks" value={opacity} onChange={setOpacity} />
            ) : (
              <Checkbox
                size="xs"
                label="Names"
                checked={hasNames}
                onChange={({ currentTarget }) => {
                  setNames(currentTarget.checked);
                }}
              />
            )}
          </Group>
          <ul className={styles.legend} aria-label="Classes on this picture">
            {groups.slice(0, LISTED).map(({ label, count }) => (
              <li key={label}>
                <button
                  type="button"
                  className={styles.entry}
                  aria-pressed={!hiddenLabels.has(label)}
                  title={hiddenLabels.has(label) ? 'Show' : 'Hide'}
                  onClick={() => {
                    toggle(label);
                  }}
                >
                  <span aria-hidden className={styles.swatch} style={{ background: labelColor(label) }} />
                  <span data-verbatim>{visual.labels[label]}</span>
                  <span className={styles.count}>{counted(count)}</span>
                </button>
              </li>
            ))}
            {groups.length > LISTED && <li className={styles.count}>and {groups.length - LISTED} more</li>}
          </ul>
        </>
      )}
    </div>
  );
}

function SourceSwitch({
  label,
  checked,
  isDashed,
  isArea,
  onChange,
}: {
  label: string;
  checked: boolean;
  isDashed: boolean;
  isArea: boolean;
  onChange: (checked: boolean) => void;
}) {
  return (
    <Checkbox
      size="xs"
      checked={checked}
      onChange={({ currentTarget }) => {
        onChange(currentTarget.checked);
      }}
      label={
        <span className={styles.source}>
          {isArea ? (
            <span aria-hidden className={isDashed ? styles.stripes : styles.area} />
          ) : (
            <svg width={22} height={8} aria-hidden>
              <line
                x1={1}
                x2={21}
                y1={4}
                y2={4}
                stroke="currentColor"
                strokeWidth={2}
                strokeDasharray={isDashed ? '5 3' : undefined}
              />
            </svg>
          )}
          {label}
        </span>
      }
    />
  );
}

/** Classes in the order of their labels, with the number of their annotations. */
function countByLabel(
  annotations: readonly Annotation[],
): { readonly label: number; readonly count: number }[] {
  const counts = new Map<number, number>();
  for (const { label } of annotations) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts].map(([label, count]) => ({ label, count })).sort((a, b) => a.label - b.label);
}
