import { expect, it } from 'vitest';
import { graphLayers, graphRows, groupName, layerGroups, rowLanes } from './layer-graph.js';

const layer = (name: string, ...inputs: string[]) =>
  ({ name, kind: 'Dense', outputDims: [2], parameterCount: 6, unitCount: 2, inputs }) as never;
const names = (layers: readonly { readonly name: string }[]): string[] => layers.map(({ name }) => name);

/** A stem, a block with its input as shortcut, a head. */
const RESIDUAL = [
  layer('x'),
  layer('stem', 'x'),
  layer('block_conv1', 'stem'),
  layer('block_conv2', 'block_conv1'),
  layer('block_add', 'block_conv2', 'stem'),
  layer('head', 'block_add'),
];

it('groups layers that run in parallel, and no chain', () => {
  const groups = layerGroups(graphLayers(RESIDUAL, []));
  expect(groups.map(names)).toEqual([['x'], ['stem'], ['block_conv1', 'block_conv2', 'block_add'], ['head']]);
  expect(groupName(groups[2]!)).toBe('block');
});

it('ends a group with the non-linearity behind it', () => {
  const relu = { ...(layer('block_relu', 'block_add') as object), parameterCount: 0 } as never;
  const groups = layerGroups(graphLayers([...RESIDUAL.slice(0, 5), relu, layer('head', 'block_relu')], []));
  expect(groups.map(names).slice(2)).toEqual([
    ['block_conv1', 'block_conv2', 'block_add', 'block_relu'],
    ['head'],
  ]);
});

it('shows a group as one row unless it is open', () => {
  const groups = layerGroups(graphLayers(RESIDUAL, []));
  expect(graphRows(groups, () => false).map(({ key }) => key)).toEqual(['x', 'stem', 'block_add', 'head']);
  const open = graphRows(groups, (key) => key === 'block_add');
  expect(open).toHaveLength(6);
  expect(open.filter(({ opensGroup }) => opensGroup).map(({ key }) => key)).toEqual(['block_conv1']);
});

it('leads the shortcut past the layers that do not read it', () => {
  const groups = layerGroups(graphLayers(RESIDUAL, []));
  const lanes = rowLanes(graphRows(groups, () => true));
  expect(lanes.map(({ lane }) => lane)).toEqual([0, 0, 1, 1, 0, 0]);
  expect(lanes[3]).toEqual({ lane: 1, from: [1], through: [0], leadsOn: true });
  expect(lanes[4]).toEqual({ lane: 0, from: [1, 0], through: [], leadsOn: true });
  expect(lanes[5]!.leadsOn).toBe(false);
  // collapsed: a straight line
  expect(
    rowLanes(graphRows(groups, () => false)).every(({ lane, through }) => lane === 0 && through.length === 0),
  ).toBe(true);
});

it('puts the outputs of blocks where layers read them, and no others', () => {
  const layers = [layer('x'), layer('a', 'x'), layer('b', 'one'), layer('c', 'two')];
  const blocks = [layer('one', 'a'), layer('two', 'b', 'one'), layer('unread', 'c')];
  expect(names(graphLayers(layers, blocks))).toEqual(['x', 'a', 'one', 'b', 'two', 'c']);
});

it('orders a chain of ten thousand layers, whatever their order', () => {
  const chain = Array.from({ length: 10_000 }, (_, i) =>
    i === 0 ? layer('0') : layer(String(i), String(i - 1)),
  );
  expect(names(graphLayers(chain.toReversed(), [])).slice(0, 3)).toEqual(['0', '1', '2']);
});

it('names layers without a common name by the first and the last', () => {
  expect(groupName([layer('conv'), layer('pool'), layer('sum')])).toBe('conv … sum');
});
