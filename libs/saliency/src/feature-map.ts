import { DomainError } from '@noema/kernel';

/**
 * The values of a layer (activation or gradient) for one sample: [height, width, channels] (`hwc`) or
 * [channels, height, width] (`chw`) float32.
 */
export interface FeatureMap {
  readonly data: Float32Array;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly order: 'hwc' | 'chw';
}

/** One value per position: [height, width] float32, row-major. */
export interface HeatMap {
  readonly data: Float32Array;
  readonly height: number;
  readonly width: number;
}

/**
 * Returns a validated feature map. Throws `invalid` FEATURE_MAP_SHAPE, or FEATURE_MAP_NOT_FINITE with channel
 * and position.
 */
export function featureMap(
  data: Float32Array,
  shape: { height: number; width: number; channels: number },
  order: 'hwc' | 'chw',
): FeatureMap {
  const { height, width, channels } = shape;
  const map = { data, height, width, channels, order };
  if (data.length !== height * width * channels || data.length === 0) {
    throw new DomainError(
      'invalid',
      'FEATURE_MAP_SHAPE',
      `${data.length} values are no map of ${height} × ${width} positions and ${channels} channels`,
    );
  }
  // Every finite value times 0 is 0. One pass checks all values without a call for each.
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += data[i]! * 0;
  if (sum === 0) return map;
  const at = data.findIndex((value) => !Number.isFinite(value));
  const channel = order === 'hwc' ? at % channels : Math.floor(at / (height * width));
  const position = order === 'hwc' ? Math.floor(at / channels) : at % (height * width);
  throw new DomainError(
    'invalid',
    'FEATURE_MAP_NOT_FINITE',
    `channel ${channel} at row ${Math.floor(position / width)}, column ${position % width} is ` +
      `${data[at]}; look at the weights and the input`,
  );
}

/** Returns the strides between positions and between channels in the data. */
export function strides({ order, height, width, channels }: FeatureMap): {
  position: number;
  channel: number;
} {
  return order === 'hwc' ? { position: channels, channel: 1 } : { position: 1, channel: height * width };
}

/** Returns the map of one channel. Throws `invalid` CHANNEL_OUT_OF_RANGE. */
export function channelMap(map: FeatureMap, channel: number): HeatMap {
  if (!Number.isInteger(channel) || channel < 0 || channel >= map.channels) {
    throw new DomainError(
      'invalid',
      'CHANNEL_OUT_OF_RANGE',
      `unit ${channel} is not one of the layer's ${map.channels}; ask for 0 to ${map.channels - 1}`,
    );
  }
  const { position, channel: step } = strides(map);
  const data = Float32Array.from(
    { length: map.height * map.width },
    (_, p) => map.data[p * position + channel * step]!,
  );
  return { data, height: map.height, width: map.width };
}

/** Throws `invalid` FEATURE_MAPS_DIFFER unless an activation and `second` have the same shape and order. */
export function assertAlike(a: FeatureMap, b: FeatureMap, second = 'gradient'): void {
  if (a.height === b.height && a.width === b.width && a.channels === b.channels && a.order === b.order)
    return;
  const text = (m: FeatureMap): string => `${m.height} × ${m.width} × ${m.channels} (${m.order})`;
  throw new DomainError(
    'invalid',
    'FEATURE_MAPS_DIFFER',
    `activation ${text(a)} and ${second} ${text(b)} do not belong together`,
  );
}
