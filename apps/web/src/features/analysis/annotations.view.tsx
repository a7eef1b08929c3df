import { Suspense } from 'react';
import type { SampleAddress } from '../../parts/address/sample-key.js';
import { useVisual } from '../sample/visual.query.js';
import { visualDrawings } from '../sample/visuals/visual.registry.js';
import type { AnnotationStyle } from '../sample/visuals/visual-drawing.js';

/** The heat stays visible: areas are outlines. */
const STYLE: AnnotationStyle = { isShown: () => true, hasNames: true, opacity: 1, isOutlined: true };

/** Boxes and masks of a picture, to be drawn over its heat map; nothing while they load or where they fail. */
export function AnnotationsView({
  datasetVersionId,
  sample,
}: {
  datasetVersionId: string;
  sample: SampleAddress;
}) {
  const visual = useVisual(datasetVersionId, sample).data;
  const drawing = visual === undefined ? undefined : visualDrawings.find(visual.kind)?.annotations;
  return visual !== undefined && <Suspense>{drawing?.draw(visual, STYLE)}</Suspense>;
}
