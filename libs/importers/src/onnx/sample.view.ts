import { type Dim, type GraphBuilder, elementCount } from '@noema/onnx';

/** A tensor as one row per sample: the operators that create it from another tensor, and the inverse. */
export interface SampleView {
  readonly dims: readonly Dim[];
  readonly unitAxis: number;
  /** Writes the view and returns its name; the tensor itself if it has this layout already. */
  there(builder: GraphBuilder, tensor: string): string;
  /** Writes the tensor again out of its view; undefined where they are the same. */
  readonly back?: (builder: GraphBuilder, view: string) => string;
}

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/**
 * Returns the view of a layer's activation, batch `n` first. With `merged`, its last axis and the axis of
 * directions are merged (RNNs: [steps, directions, n, units] or [directions, n, units]). Undefined if samples
 * are not along one axis, or a size is unknown.
 */
export function sampleView(
  dims: readonly Dim[],
  { unitAxis, merged }: { readonly unitAxis: number; readonly merged: boolean },
): SampleView | undefined {
  const batch = dims.indexOf('n');
  if (
    batch < 0 ||
    !dims.every((dim, axis) => axis === batch || typeof dim === 'number') ||
    batch === unitAxis
  )
    return undefined;
  if (batch === 0 && !merged) return { dims, unitAxis, there: (_, tensor) => tensor };
  const perm = [batch, ...range(dims.length).filter((axis) => axis !== batch)];
  const inverse = range(dims.length).map((axis) => perm.indexOf(axis));
  const turned = perm.map((axis) => dims[axis]!);
  const sizes = turned.slice(1) as number[];
  const flat = merged ? [...sizes.slice(0, -2), elementCount(sizes.slice(-2))] : sizes;
  return {
    dims: ['n', ...flat],
    unitAxis: merged ? flat.length : perm.indexOf(unitAxis),
    there: (builder, tensor) => {
      const first = builder.op('Transpose', [tensor], { perm });
      return merged ? builder.op('Reshape', [first, builder.constant([-1, ...flat])]) : first;
    },
    back: (builder, view) =>
      builder.op(
        'Transpose',
        [merged ? builder.op('Reshape', [view, builder.constant([-1, ...sizes])]) : view],
        { perm: inverse },
      ),
  };
}
