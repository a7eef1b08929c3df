import type { StoredMask } from '@noema/integration/visuals';
import { useMemo } from 'react';
import { PixelLayerView } from '../../../parts/pixel-layer.view.js';
import { drawingSize, maskPixels } from './mask-pixels.js';
import type { AnnotationStyle } from './visual-drawing.js';

/** The areas of the masks, drawn with at most 1024 pixels a side. */
export function MaskView({ visual, style }: { visual: StoredMask; style: AnnotationStyle }) {
  const pixels = useMemo(
    () =>
      maskPixels(
        { ...visual, regions: visual.regions.filter((region) => style.isShown(region)) },
        { isOutlined: style.isOutlined === true },
      ),
    [visual, style],
  );
  return <PixelLayerView pixels={pixels} {...drawingSize(visual)} opacity={style.opacity} />;
}
