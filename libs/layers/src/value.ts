/**
 * A tensor of the model. `shape` is in Keras's convention: without the batch, channels last. `layout` is its
 * layout in the graph: `first` means [n, channels, ...positions].
 */
export interface Value {
  readonly tensor: string;
  readonly shape: readonly number[];
  readonly layout: 'last' | 'first';
  /** For a masked series: the tensor [n, steps, 1] float32, 1 for steps that count and 0 for masked ones. */
  readonly keep?: string;
  /** Call of the layer that returned it, or the input of the model. */
  readonly from?: string;
}

/** The value's dimensions in the graph, batch `n` first. */
export const toDims = ({ shape, layout }: Value): (number | string)[] =>
  layout === 'first' ? ['n', shape.at(-1)!, ...shape.slice(0, -1)] : ['n', ...shape];

/** The positions of a value without its channels, e.g. [height, width]. */
export const listPositions = ({ shape }: Value): readonly number[] => shape.slice(0, -1);

export const countChannels = ({ shape }: Value): number => shape.at(-1) ?? 1;

/** A shape as people read it. */
export const shapeText = (shape: readonly number[]): string => `[${shape.join(', ')}]`;
