import { labelColor, type StoredGraph } from '@noema/integration/visuals';
import { useId } from 'react';
import styles from './graph.module.css';
import { HEIGHT, placeNodes, WIDTH } from './graph-positions.js';

/** Above this number of nodes, names are shown only on hover. */
const NAMED = 60;
const RADIUS = 9;

/** Nodes and edges of a graph; `tone` colors the nodes by a heat map. */
export function GraphView({
  visual: { names, groups, nodeGroups, edges, directed, positions },
  height,
  tone,
}: {
  visual: StoredGraph;
  height: number;
  tone?: ((node: number) => string) | undefined;
}) {
  const arrow = useId();
  const places = placeNodes({ names, positions });
  const heaviest = edges.reduce((most, [, , weight = 1]) => Math.max(most, weight), 0) || 1;
  const fill = (node: number): string | undefined => {
    if (tone !== undefined) return tone(node);
    const group = nodeGroups[node] ?? -1;
    return group === -1 ? undefined : labelColor(group);
  };
  return (
    <figure className={styles.graph}>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        style={{ maxHeight: height }}
        role="img"
        aria-label={`Graph of ${names.length} nodes and ${edges.length} edges`}
      >
        {directed && (
          <marker
            id={arrow}
            viewBox="0 0 8 8"
            refX={8}
            refY={4}
            markerWidth={8}
            markerHeight={8}
            markerUnits="userSpaceOnUse"
            orient="auto-start-reverse"
          >
            <path d="M0,0L8,4L0,8z" className={styles.arrow} />
          </marker>
        )}
        {edges.map(([from, to, weight = 1], at) => {
          const [[x1, y1], [x2, y2]] = [places[from]!, places[to]!];
          if (from === to)
            return <circle key={at} className={styles.edge} cx={x1 + RADIUS} cy={y1 - RADIUS} r={RADIUS} />;
          // A line ends at the border of its node, so that its arrow is visible.
          const share = Math.min(0.5, (RADIUS + 1) / (Math.hypot(x2 - x1, y2 - y1) || 1));
          return (
            <line
              key={at}
              className={styles.edge}
              x1={x1}
              y1={y1}
              x2={x2 - share * (x2 - x1)}
              y2={y2 - share * (y2 - y1)}
              style={{ strokeWidth: 0.75 + (2.25 * weight) / heaviest }}
              {...(directed && { markerEnd: `url(#${arrow})` })}
            />
          );
        })}
        {places.map(([x, y], node) => (
          <g key={node}>
            <circle className={styles.base} cx={x} cy={y} r={RADIUS} />
            <circle className={styles.node} cx={x} cy={y} r={RADIUS} style={{ fill: fill(node) }}>
              <title>{names[node]}</title>
            </circle>
            {names.length <= NAMED && (
              <text className={styles.name} x={x} y={y + RADIUS + 13} data-verbatim>
                {names[node]}
              </text>
            )}
          </g>
        ))}
      </svg>
      {groups.length > 0 && tone === undefined && (
        <figcaption className={styles.groups}>
          {groups.map((group, at) => (
            <span key={group} data-verbatim>
              <i style={{ background: labelColor(at) }} />
              {group}
            </span>
          ))}
        </figcaption>
      )}
    </figure>
  );
}
