/** How values between pixels are found. */
export type Interpolation = 'nearest' | 'bilinear' | 'bicubic';
/** Order of the channels that a file takes; `gray` is one channel of data for the three of the file. */
export type ChannelOrder = 'rgb' | 'bgr' | 'gray';
/** Where a file has the channels of its input. */
export type ChannelLayout = 'channels-first' | 'channels-last';

export const INTERPOLATIONS: readonly Interpolation[] = ['nearest', 'bilinear', 'bicubic'];
export const CHANNEL_ORDERS: readonly ChannelOrder[] = ['rgb', 'bgr', 'gray'];
export const CHANNEL_LAYOUTS: readonly ChannelLayout[] = ['channels-first', 'channels-last'];

/**
 * Preprocessing that an input of a file needs. Unchanged data are pictures in RGB, channels last, from 0 to 1.
 * The steps are applied in the order of the fields, from `dataSize` to `std`.
 */
export interface InputPreprocessing {
  /** Name of the input; empty for the only one. */
  readonly input: string;
  /** Where the file has its channels. Default: by the operators that read them. */
  readonly layout?: ChannelLayout;
  /** Height and width of the pictures of the data, which are resized to the size of the input. */
  readonly dataSize?: readonly [height: number, width: number];
  /** Default: bilinear. All as Pillow computes them, so that pictures that shrink are smoothed. */
  readonly interpolation?: Interpolation;
  readonly channelOrder?: ChannelOrder;
  /** The numbers that 0 and 1 of the data become. */
  readonly range?: readonly [low: number, high: number];
  /** Subtracted after the range: one number, or one for each channel in the order of the file. */
  readonly mean?: readonly number[];
  /** Divided by after the mean. */
  readonly std?: readonly number[];
}

/** Whether a statement changes the data at all; the layout belongs to the graph of the file. */
export const changesData = ({ dataSize, channelOrder, range, mean, std }: InputPreprocessing): boolean =>
  dataSize !== undefined ||
  (channelOrder !== undefined && channelOrder !== 'rgb') ||
  range !== undefined ||
  mean !== undefined ||
  std !== undefined;

/** The steps in words, for an input of `[height, width, channels]`. */
export function describeSteps(
  { dataSize, interpolation = 'bilinear', channelOrder = 'rgb', range, mean, std }: InputPreprocessing,
  size: readonly number[],
): string[] {
  const list = (values: readonly number[]): string => values.map((value) => String(value)).join(', ');
  return [
    ...(dataSize === undefined
      ? []
      : [`resized from ${dataSize.join(' × ')} to ${size.slice(0, 2).join(' × ')} (${interpolation})`]),
    ...(channelOrder === 'bgr' ? ['channels from RGB to BGR'] : []),
    ...(channelOrder === 'gray' ? ['one channel repeated as three'] : []),
    ...(range === undefined ? [] : [`0 to 1 scaled to ${range[0]} to ${range[1]}`]),
    ...(mean === undefined ? [] : [`mean ${list(mean)} subtracted`]),
    ...(std === undefined ? [] : [`divided by ${list(std)}`]),
  ];
}
