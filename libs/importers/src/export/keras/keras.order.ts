import type { Source, Topology } from '@noema/layers';

/**
 * Names of the layers of a model in the order in which Keras 3 keeps them: by their distance from the outputs, and
 * at the same distance by the first visit of a search from the outputs. Keras finds weights by this order.
 */
export function kerasOrder({ layers, inputs, outputs }: Topology): string[] {
  const nodes = new Map(layers.map((layer) => [layer.name, layer]));
  const sources = ({ layer, node }: Source): readonly Source[] => {
    const { calls, masks, named } = nodes.get(layer)!;
    const mask = masks?.[node];
    return [
      ...(calls[node] ?? []),
      ...(mask === undefined ? [] : [mask]),
      ...Object.values(named?.[node] ?? {}),
    ];
  };
  const visits = visit(outputs, sources);
  const calls = new Map<string, number>();
  const depths = new Map<string, number>();
  for (const call of visits.finished.toReversed()) {
    const depth = Math.max(calls.get(toKey(call)) ?? 0, depths.get(call.layer) ?? 0);
    depths.set(call.layer, depth);
    for (const source of sources(call))
      calls.set(toKey(source), Math.max(depth + 1, calls.get(toKey(source)) ?? 0));
  }
  for (const { layer } of inputs)
    if (!depths.has(layer)) {
      depths.set(layer, 0);
      visits.first.set(layer, -1);
    }
  return [...depths]
    .sort(([a, depthA], [b, depthB]) => depthB - depthA || visits.first.get(a)! - visits.first.get(b)!)
    .map(([name]) => name);
}

const toKey = ({ layer, node }: Source): string => `${layer} ${node}`;

/** Calls in the order in which a search in depth leaves them, and when it first came to each layer. */
function visit(
  outputs: readonly Source[],
  sources: (call: Source) => readonly Source[],
): { readonly finished: readonly Source[]; readonly first: Map<string, number> } {
  const finished: Source[] = [];
  const first = new Map<string, number>();
  const seen = new Set<string>();
  for (const output of outputs) {
    const stack: { readonly call: Source; next: number }[] = [];
    const enter = (call: Source): void => {
      if (seen.has(toKey(call))) return;
      seen.add(toKey(call));
      if (!first.has(call.layer)) first.set(call.layer, first.size);
      stack.push({ call, next: 0 });
    };
    enter(output);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const source = sources(top.call)[top.next++];
      if (source !== undefined) enter(source);
      else finished.push(stack.pop()!.call);
    }
  }
  return { finished, first };
}
