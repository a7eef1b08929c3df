import type { Layer } from '@noema/contracts/noema/training/v1/model';

/** A layer of a model as the graph of its card draws it, or the output of a block between two layers. */
export interface GraphLayer
  extends Pick<Layer, 'name' | 'kind' | 'outputDims' | 'parameterCount' | 'unitCount' | 'inputs' | 'config'> {
  /** True for the output of a block, which has no weights of its own. */
  readonly isBlock?: boolean;
}

/** A row of the graph: one layer, or layers in parallel that are shown as one. */
export interface GraphRow {
  readonly key: string;
  /** In the order of the graph; several if the row is collapsed. */
  readonly layers: readonly GraphLayer[];
  /** Key of the group that the row belongs to, collapsed or not. */
  readonly group?: string;
  /** True for the first row of an expanded group. */
  readonly opensGroup?: boolean;
}

/** The layers of the graph in an order in which each follows the layers that it reads. */
export function graphLayers(layers: readonly Layer[], blocks: readonly Layer[]): GraphLayer[] {
  const read = new Set(layers.flatMap(({ inputs }) => inputs));
  const drawn = blocks.filter(({ name }) => read.has(name)).map((block) => ({ ...block, isBlock: true }));
  const all = new Map([...layers, ...drawn].map((layer): [string, GraphLayer] => [layer.name, layer]));
  const placed = new Set<GraphLayer>();
  for (const layer of all.values()) {
    const stack = [layer];
    const pending = new Set<GraphLayer>();
    for (let next = stack.at(-1); next !== undefined; next = stack.at(-1)) {
      const missing = next.inputs
        .flatMap((name) => all.get(name) ?? [])
        .filter((input) => !placed.has(input));
      if (missing.length === 0 || pending.has(next)) placed.add(stack.pop()!);
      else {
        pending.add(next);
        stack.push(...missing.toReversed());
      }
    }
  }
  return [...placed];
}

/** Number of layers that run in parallel before they are worth a group. */
const MIN_GROUP = 3;

/**
 * Splits the layers where one output alone leads on. Layers between two such points run in parallel and are a
 * group, such as a residual block.
 */
export function layerGroups(layers: readonly GraphLayer[]): GraphLayer[][] {
  const last = new Map<string, number>();
  layers.forEach(({ inputs }, at) => {
    for (const name of inputs) last.set(name, at);
  });
  const groups: GraphLayer[][] = [];
  const open = new Set<string>();
  let group: GraphLayer[] = [];
  layers.forEach((layer, at) => {
    for (const name of layer.inputs) if (last.get(name) === at) open.delete(name);
    if (last.has(layer.name)) open.add(layer.name);
    group.push(layer);
    if (open.size > 1 || (open.size === 1 && !open.has(layer.name))) return;
    if (group.length >= MIN_GROUP) groups.push(group);
    else
      for (const one of group) {
        const before = groups.at(-1);
        if (before !== undefined && before.length > 1 && onlyBends(one, before.at(-1)!)) before.push(one);
        else groups.push([one]);
      }
    group = [];
  });
  return group.length === 0 ? groups : [...groups, group];
}

/** Whether a layer without weights, such as a non-linearity, keeps the shape of the layer that it reads. */
const onlyBends = (layer: GraphLayer, before: GraphLayer): boolean =>
  layer.parameterCount === 0 &&
  layer.inputs.length === 1 &&
  layer.inputs[0] === before.name &&
  layer.outputDims.join() === before.outputDims.join();

/** The rows that are shown: groups as one row unless they are open. */
export function graphRows(
  groups: readonly (readonly GraphLayer[])[],
  isOpen: (key: string) => boolean,
): GraphRow[] {
  return groups.flatMap((layers): GraphRow[] => {
    const key = layers.at(-1)!.name;
    if (layers.length === 1) return [{ key, layers }];
    if (!isOpen(key)) return [{ key, layers, group: key }];
    return layers.map((layer, at) => ({
      key: layer.name,
      layers: [layer],
      group: key,
      ...(at === 0 && { opensGroup: true }),
    }));
  });
}

/** Name of layers that are shown as one: what their names have in common, or the first and the last. */
export function groupName(layers: readonly GraphLayer[]): string {
  const names = layers.map(({ name }) => name);
  const [first = '', ...others] = names;
  let length = 0;
  while (length < first.length && others.every((name) => name[length] === first[length])) length++;
  const shared = first.slice(0, length).replace(/[^\p{L}\p{N}]+[\p{L}\p{N}]*$/u, '');
  return shared.length > 1 ? shared : `${first} … ${names.at(-1) ?? ''}`;
}

/** Lines of a row in lanes from the left: what comes in from above, what passes, and where the row itself is. */
export interface RowLanes {
  readonly lane: number;
  readonly from: readonly number[];
  readonly through: readonly number[];
  readonly leadsOn: boolean;
}

/** Assigns rows to lanes, so that no line runs through a row that does not read it. */
export function rowLanes(rows: readonly GraphRow[]): RowLanes[] {
  const rowByLayer = new Map(
    rows.flatMap(({ key, layers }) => layers.map(({ name }) => [name, key] as const)),
  );
  const reads = rows.map(({ key, layers }) => [
    ...new Set(
      layers
        .flatMap(({ inputs }) => inputs.flatMap((name) => rowByLayer.get(name) ?? []))
        .filter((one) => one !== key),
    ),
  ]);
  const last = new Map<string, number>();
  reads.forEach((names, at) => {
    for (const name of names) last.set(name, at);
  });
  const lanes: (string | undefined)[] = [];
  return rows.map(({ key }, at) => {
    const from = reads[at]!.map((name) => lanes.indexOf(name)).filter((lane) => lane >= 0);
    for (const lane of from) if (last.get(lanes[lane]!) === at) lanes[lane] = undefined;
    const through = lanes.flatMap((name, lane) => (name === undefined ? [] : [lane]));
    const ended = from.filter((lane) => lanes[lane] === undefined);
    const free = lanes.indexOf(undefined);
    const lane = ended.length > 0 ? Math.min(...ended) : free >= 0 ? free : lanes.length;
    const leadsOn = last.has(key);
    lanes[lane] = leadsOn ? key : undefined;
    return { lane, from, through, leadsOn };
  });
}
