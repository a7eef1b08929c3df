import { inflateSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { encodeVisual } from '../visual.js';
import { pictureSize } from './annotated-picture.js';
import { graph, storedText, video, visualKinds } from './visual.registry.js';

const read = (visual: { readonly kind: string }) => {
  const { bytes, mediaType } = encodeVisual(visual);
  const text = storedText(mediaType, bytes)!;
  const kind = visualKinds.get(visual.kind);
  const picture = mediaType.startsWith('image/') ? pictureSize(bytes) : undefined;
  expect(kind.hasForm!(JSON.parse(text), picture)).toBe(true);
  const stored = kind.read!(text);
  return { bytes, stored, snippet: kind.snippet!(stored) };
};

it('a video is one picture of all frames, line by line', () => {
  const frames = Array.from({ length: 5 }, (_, frame) => [
    [frame / 10, frame / 10],
    [frame / 10, 0.8],
  ]);
  const { bytes, stored, snippet } = read(video(frames, { framesPerSecond: 4 }));
  expect(stored).toEqual({
    kind: 'video',
    frameCount: 5,
    columns: 3,
    width: 2,
    height: 2,
    framesPerSecond: 4,
  });
  expect(snippet).toBe('5 frames, 1.25 s');
  expect(pictureSize(bytes)).toEqual({ width: 6, height: 4 });
  const at = Buffer.from(bytes).indexOf('IDAT');
  const pixels = inflateSync(bytes.subarray(at + 4, at + 4 + Buffer.from(bytes).readUInt32BE(at - 4)));
  const row = (y: number): number[] => [...pixels.subarray(7 * y + 1, 7 * y + 7)];
  expect([...pixels].filter((_, i) => i % 7 === 0)).toEqual([0, 0, 0, 0]); // rows are stored unfiltered
  expect(row(0)).toEqual([0, 0, 26, 26, 51, 51]);
  expect(row(3)).toEqual([77, 204, 102, 204, 0, 0]);
});

it.each([
  [video([0, 1]), 'a video needs the shape [frames, height, width]'],
  [video([[[0, 1]]], { framesPerSecond: 0 }), 'the video has 0 frames per second'],
  [video(new Array(1001).fill([[0]])), 'a video of 1001 frames of 1 × 1 is too large'],
])('an invalid video is refused', (visual, message) => {
  expect(() => encodeVisual(visual)).toThrow(message);
});

it('a stored video covers its picture', () => {
  const whole = { frameCount: 5, columns: 3, width: 2, height: 2, framesPerSecond: 4 };
  const { hasForm } = visualKinds.get('video');
  const size = { width: 6, height: 4 };
  expect(hasForm!(whole, size)).toBe(true);
  for (const change of [
    { frameCount: 7 },
    { frameCount: 0 },
    { columns: 2 },
    { height: 3 },
    { framesPerSecond: -1 },
    { more: 1 },
  ])
    expect(hasForm!({ ...whole, ...change }, size), JSON.stringify(change)).toBe(false);
});

it('a graph has names, groups, positions and edges', () => {
  expect(read(graph(['a', 'b'], [[0, 1]]))).toMatchObject({
    stored: {
      names: ['a', 'b'],
      groups: [],
      nodeGroups: [],
      positions: [],
      edges: [[0, 1]],
      directed: false,
    },
    snippet: '2 nodes, 1 edges\na\nb',
  });
  const nodes = [
    { name: 'C', group: 'atom', x: 0, y: 0.5 },
    { name: 'O', x: 1, y: 0 },
  ];
  expect(read(graph(nodes, [[1, 0, 2]], { directed: true })).stored).toEqual({
    kind: 'graph',
    names: ['C', 'O'],
    groups: ['atom'],
    nodeGroups: [0, -1],
    positions: [
      [0, 0.5],
      [1, 0],
    ],
    edges: [[1, 0, 2]],
    directed: true,
  });
});

it.each([
  [graph(['a'], [[0, 1]]), 'edge 0 is [0,1]; give the positions of two of the 1 nodes'],
  [graph(['a'], [[0, 0, -1]]), 'edge 0 is [0,0,-1]'],
  [graph([{ name: 'a', x: 1, y: 1 }, 'b'], []), '1 of 2 nodes have a position'],
  [graph([{ name: 'a', x: NaN, y: 1 }], []), 'a graph has at most 1000 nodes'],
  [graph(new Array<string>(1001).fill('a'), []), 'a graph has at most 1000 nodes'],
])('an invalid graph is refused', (visual, message) => {
  expect(() => encodeVisual(visual)).toThrow(message);
});

it('a stored graph has indexes of its own nodes and groups', () => {
  const whole = {
    names: ['a', 'b'],
    groups: ['g'],
    nodeGroups: [0, -1],
    positions: [],
    edges: [[0, 1]],
    directed: false,
  };
  const { hasForm } = visualKinds.get('graph');
  expect(hasForm!(whole)).toBe(true);
  for (const change of [
    { edges: [[0, 2]] },
    { edges: [[0]] },
    { nodeGroups: [1, 0] },
    { nodeGroups: [0] },
    { positions: [[0, 1]] },
    { names: [1, 2] },
    { directed: 1 },
  ])
    expect(hasForm!({ ...whole, ...change }), JSON.stringify(change)).toBe(false);
});
