import { colorize, colorMaps, type FeatureMap, type HeatMap, normalised, upsample } from '@noema/saliency';

/** RGB bytes, row-major. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

/** Pictures are enlarged to about this many pixels on their longer side. */
const SIDE = 224;
/** The sample is dimmed, so that colours show on its brightest places. */
const GROUND = 0.55;
/** Below this square root of a share of the peak nothing is said. */
const QUIET = 0.25;
/** A series becomes a band of this height. */
const BAND = 24;

/** A heat map laid over the sample: `magma` for values of one sign, `coolwarm` (blue lowers, red raises) for signed ones. */
export function overlayPicture(input: FeatureMap, heat: HeatMap, signed: boolean): Picture {
  const { height, width } = enlarged(input);
  const rgb = grounds(input, height, width);
  const { data } = upsample(normalised(heat).map, height, width);
  const { table } = colorMaps.get(signed ? 'coolwarm' : 'magma');
  for (let p = 0; p < data.length; p++) {
    // The square root shows the weak beside the strong.
    const cover = Math.sqrt(Math.min(1, Math.abs(data[p]!)));
    const part = signed ? 0.5 + 0.5 * Math.sign(data[p]!) * cover : cover;
    const entry = 3 * Math.round(255 * part);
    for (let c = 0; c < 3; c++) rgb[3 * p + c] = cover < QUIET ? GROUND * rgb[3 * p + c]! : cover * table[entry + c]! + (1 - cover) * GROUND * rgb[3 * p + c]!;
  }
  return { width, height, rgb };
}

/** Where a unit answers, in `viridis` from its smallest to its largest value. */
export function featurePicture(map: HeatMap): Picture {
  const { height, width } = enlarged(map);
  const { data } = upsample(map, height, width);
  const [low, high] = map.data.reduce(([a, b], value) => [Math.min(a, value), Math.max(b, value)], [Infinity, -Infinity]);
  return { width, height, rgb: colorize(data, colorMaps.get('viridis'), low, high) };
}

function enlarged({ height, width }: { readonly height: number; readonly width: number }): { height: number; width: number } {
  const factor = Math.max(1, Math.round(SIDE / Math.max(height, width)));
  return { height: height === 1 ? BAND : height * factor, width: width * factor };
}

/** The input as grey or, with three channels, coloured bytes, enlarged without smoothing. */
function grounds({ data, height, width, channels }: FeatureMap, toHeight: number, toWidth: number): Uint8Array {
  const [low, high] = data.reduce(([a, b], value) => [Math.min(a, value), Math.max(b, value)], [Infinity, -Infinity]);
  const byte = (value: number): number => (high > low ? Math.round((255 * (value - low)) / (high - low)) : 0);
  const rgb = new Uint8Array(toHeight * toWidth * 3);
  for (let y = 0; y < toHeight; y++) {
    for (let x = 0; x < toWidth; x++) {
      const from = (Math.floor((y * height) / toHeight) * width + Math.floor((x * width) / toWidth)) * channels;
      for (let c = 0; c < 3; c++) rgb[(y * toWidth + x) * 3 + c] = byte(data[from + (channels === 3 ? c : 0)]!);
    }
  }
  return rgb;
}
