import { classAnchors, drawingOrder, fit, type MapData } from './map-layout.js';
import { classColor, dotDiameter, FAINT, highestLoss, INK, lossColor, lossShare, PAPER } from './palette.js';
import { numeral } from './numerals.js';
import { Raster } from './raster.js';

const SCALE = 1.5;
const WIDTH = 1040;
const HEIGHT = 860;
const FRAME = { left: 36, top: 36, width: 900, height: 788 };

/**
 * The dots of `drawMap` as a PNG, with the numbers of the classes and the scale of the losses, for where no
 * SVG can be shown.
 */
export function rasterMap(data: MapData, colorBy: 'loss' | 'label'): Uint8Array {
  const raster = new Raster(WIDTH * SCALE, HEIGHT * SCALE, PAPER);
  const place = fit(data, {
    left: FRAME.left * SCALE,
    top: FRAME.top * SCALE,
    width: FRAME.width * SCALE,
    height: FRAME.height * SCALE,
  });
  const highest = highestLoss(data.loss);
  for (const row of drawingOrder(data.loss)) {
    const share = lossShare(data.loss[row]!, highest);
    const radius = (dotDiameter(share) / 2) * SCALE;
    const misclassified =
      colorBy === 'label' && data.label[row]! >= 0 && data.label[row] !== data.predicted[row];
    if (misclassified) raster.disc(place(row), radius + 1.2 * SCALE, INK);
    raster.disc(
      place(row),
      radius,
      colorBy === 'loss' ? lossColor(share) : classColor(data.label[row]!),
      0.9,
    );
  }
  for (const { name, at } of classAnchors(data, place)) {
    const strokes = numeral(name, at, 30 * SCALE);
    for (const stroke of strokes) raster.line(stroke, 4.4 * SCALE, PAPER, 0.85);
    for (const stroke of strokes) raster.line(stroke, 2.1 * SCALE, INK);
  }
  if (colorBy === 'loss') lossScale(raster, highest);
  return raster.png();
}

function lossScale(raster: Raster, highest: number): void {
  const [x, top, height] = [960 * SCALE, 60 * SCALE, 260 * SCALE];
  for (let i = 0; i <= height; i++)
    raster.capsule([x, top + i], [x + 14 * SCALE, top + i], 1, lossColor(1 - i / height));
  for (const loss of [0.001, 0.01, 0.1, 1, 10].filter((tick) => tick <= Math.max(highest, 1))) {
    const y = top + height * (1 - lossShare(loss, highest));
    for (const stroke of numeral(String(loss), [x + 24 * SCALE, y], 10 * SCALE, 'left'))
      raster.line(stroke, 0.7 * SCALE, FAINT);
  }
}
