import { Text } from '@mantine/core';
import type { Scatterplot } from '@noema/scatterplot';
import { useEffect, useState } from 'react';
import { axisEnds } from './turn-hint.js';
import styles from '../style/population.module.css';

const SIZE = 56;
const ARM = 19;

/** From where a map in 3-D is seen, as three axes that turn with it, and how to turn it. */
export function TurnHintView({ plot }: { plot: Scatterplot }) {
  const [camera, setCamera] = useState(plot.camera);
  useEffect(
    () =>
      plot.on('camera', () => {
        setCamera(plot.camera);
      }),
    [plot],
  );
  const ends = [...axisEnds(camera)].sort((a, b) => a.front - b.front);
  return (
    <div className={styles.turn}>
      <svg
        width={SIZE}
        height={SIZE}
        viewBox={`${-SIZE / 2} ${-SIZE / 2} ${SIZE} ${SIZE}`}
        role="img"
        aria-label="Axes of the turned map"
      >
        {ends.map(({ name, x, y, front }) => (
          <g key={name} opacity={front < -0.05 ? 0.55 : 1}>
            <line x1={0} y1={0} x2={ARM * x} y2={-ARM * y} stroke="currentColor" strokeWidth={1.6} />
            <text
              x={(ARM + 7) * x}
              y={-(ARM + 7) * y + 4}
              textAnchor="middle"
              fontSize={12}
              fontWeight={600}
              fill="currentColor"
            >
              {name}
            </text>
          </g>
        ))}
      </svg>
      <Text size="xs" c="dimmed" lh={1.35}>
        Drag to turn
        <br />
        Shift + drag to move
        <br />0 shows everything
      </Text>
    </div>
  );
}
