import {
  encodeJson,
  exactly,
  isTexts,
  jsonMediaType,
  type VisualKind,
  visualInvalid,
} from './visual-kind.js';

/** A node, by its name or with a group and a position. */
export interface GraphNode {
  readonly name: string;
  /** Name of the group that gives the node its color. */
  readonly group?: string;
  /** Position, in any unit; both or none. */
  readonly x?: number;
  readonly y?: number;
}

/** Positions of two nodes in the list of nodes, and a weight, which is the width of the line. */
export type GraphEdge =
  | readonly [from: number, to: number]
  | readonly [from: number, to: number, weight: number];

export interface GraphVisual {
  readonly kind: 'graph';
  readonly nodes: readonly (string | GraphNode)[];
  readonly edges: readonly GraphEdge[];
  readonly directed: boolean;
}

/** A stored graph. */
export interface StoredGraph {
  readonly kind: 'graph';
  readonly names: readonly string[];
  /** Names of the groups; empty without any. */
  readonly groups: readonly string[];
  /** Group of each node, −1 for none; empty without groups. */
  readonly nodeGroups: readonly number[];
  /** x and y of each node; empty where the view lays the nodes out. */
  readonly positions: readonly (readonly [x: number, y: number])[];
  readonly edges: readonly GraphEdge[];
  readonly directed: boolean;
}

/**
 * Nodes and edges: `graph(['a', 'b', 'c'], [[0, 1], [1, 2, 0.5]])`. Nodes without positions are laid out in a circle. A
 * heat map of an input with as many steps as nodes colors them.
 */
export const graph = (
  nodes: GraphVisual['nodes'],
  edges: GraphVisual['edges'],
  { directed = false }: { readonly directed?: boolean } = {},
): GraphVisual => ({ kind: 'graph', nodes, edges, directed });

const MAX_NODES = 1_000;
const MAX_EDGES = 10_000;
const MAX_NAME = 200;
const SNIPPET_NODES = 8;

/** A graph of nodes and edges. */
export const graphKind: VisualKind<GraphVisual, StoredGraph> = {
  key: 'graph',
  mediaType: jsonMediaType('graph'),
  encode({ nodes, edges, directed }) {
    const whole = nodes.map((node): GraphNode => (typeof node === 'string' ? { name: node } : node));
    const groups = [...new Set(whole.flatMap(({ group }) => (group === undefined ? [] : [group])))];
    const placed = whole.filter(({ x, y }) => x !== undefined && y !== undefined);
    if (placed.length > 0 && placed.length < whole.length)
      throw visualInvalid(
        `${placed.length} of ${whole.length} nodes have a position; give one to all, or to none`,
      );
    const parts = {
      names: whole.map(({ name }) => name),
      groups,
      nodeGroups: groups.length === 0 ? [] : whole.map(({ group = '' }) => groups.indexOf(group)),
      positions: placed.map(({ x, y }) => [x, y]),
      edges,
      directed,
    };
    const odd = Array.isArray(edges) ? edges.findIndex((edge) => !isEdge(edge, whole.length)) : 0;
    if (odd !== -1)
      throw visualInvalid(
        `edge ${odd} is ${JSON.stringify(edges[odd])}; give the positions of two of the ${whole.length} nodes, ` +
          'and a weight of 0 or more if you like',
      );
    if (isGraph(parts)) return encodeJson(parts);
    throw visualInvalid(
      `a graph has at most ${MAX_NODES} nodes with names of at most ${MAX_NAME} characters and finite positions, and ` +
        `at most ${MAX_EDGES} edges`,
    );
  },
  hasForm: (value) =>
    isGraph(exactly(value, 'names', 'groups', 'nodeGroups', 'positions', 'edges', 'directed')),
  read: (stored) => ({ kind: 'graph', ...(JSON.parse(stored) as Omit<StoredGraph, 'kind'>) }),
  snippet: ({ names, edges }) =>
    `${names.length} nodes, ${edges.length} edges\n${names.slice(0, SNIPPET_NODES).join('\n')}`,
};

const isName = (name: unknown): boolean => typeof name === 'string' && name.length <= MAX_NAME;

const isIndex = (value: unknown, count: number): boolean =>
  Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) < count;

const isEdge = (edge: unknown, nodes: number): boolean =>
  Array.isArray(edge) &&
  (edge.length === 2 || (edge.length === 3 && Number.isFinite(edge[2]) && edge[2] >= 0)) &&
  isIndex(edge[0], nodes) &&
  isIndex(edge[1], nodes);

type Parts = Record<'names' | 'groups' | 'nodeGroups' | 'positions' | 'edges' | 'directed', unknown>;

function isGraph(parts: Parts | undefined): boolean {
  if (parts === undefined || !isTexts(parts.names) || !isTexts(parts.groups)) return false;
  const { names, groups, nodeGroups, positions, edges, directed } = parts;
  const isOfNodes = (list: unknown, isEntry: (entry: unknown) => boolean): boolean =>
    Array.isArray(list) && (list.length === 0 || list.length === names.length) && list.every(isEntry);
  return (
    names.length <= MAX_NODES &&
    names.every(isName) &&
    groups.length <= names.length &&
    groups.every(isName) &&
    isOfNodes(nodeGroups, (group) => group === -1 || isIndex(group, groups.length)) &&
    isOfNodes(
      positions,
      (position) => Array.isArray(position) && position.length === 2 && position.every(Number.isFinite),
    ) &&
    Array.isArray(edges) &&
    edges.length <= MAX_EDGES &&
    edges.every((edge) => isEdge(edge, names.length)) &&
    typeof directed === 'boolean'
  );
}
