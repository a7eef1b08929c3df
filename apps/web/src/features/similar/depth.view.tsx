import { Button, Group, Slider, Stack, Text } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import type { PerceptionSpace } from '@noema/contracts/noema/activations/v1/perception_space';
import { IconRestore } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import styles from './depth.module.css';
import { LayerSharesView } from './layer-shares.view.js';
import { LayerWeightsView } from './layer-weights.view.js';
import {
  computeLayerWeights,
  depthText,
  parseWeighting,
  type Weighting,
  weightingOfSpace,
  weightingText,
} from './weighting.js';

export interface DepthProps {
  /** Layers with learned units, from the first to the last. */
  readonly layers: readonly string[];
  /** Space of the set that is searched. */
  readonly space: Pick<PerceptionSpace, 'name' | 'layerWeights'>;
  /** The weighting of the address; empty for the set's own space. */
  readonly weighting: string;
  /** Called when the hand rests, so that one movement is one question and one step of the history. */
  readonly onWeighting: (text: string) => void;
}

/** How long a hand rests before the samples are requested again, in milliseconds. */
const SETTLED_MS = 180;
const STEP = 0.05;
const MARKS = [{ value: 0 }, { value: 0.5 }, { value: 1 }];

/**
 * Chooses what makes samples alike: what the early layers see, what the late ones do, or anything between; or
 * the weight of each layer.
 */
export function DepthView({ layers, space, weighting: text, onWeighting }: DepthProps) {
  const [moved, setMoved] = useState<Weighting>();
  /**
   * Weightings that were reported but are not the address yet: any other change of the address, such as by
   * the back button, ends a movement.
   */
  const told = useRef<string[]>([]);
  const settle = useDebouncedCallback((next: Weighting) => {
    const asked = weightingText(next);
    if (asked === text) return;
    told.current.push(asked);
    onWeighting(asked);
  }, SETTLED_MS);
  useEffect(() => {
    const at = told.current.indexOf(text);
    if (at < 0) setMoved(undefined);
    told.current.splice(0, at + 1);
  }, [text]);
  const asked = moved ?? parseWeighting(text);
  const shown = asked ?? weightingOfSpace(space);
  const weights = computeLayerWeights(shown, layers);
  const depth = 'depth' in shown ? shown.depth : 0.5;
  const move = (next: Weighting): void => {
    setMoved(next);
    if (computeLayerWeights(next, layers).some((weight) => weight > 0)) settle(next);
  };
  const reset = (): void => {
    settle.cancel();
    setMoved(undefined);
    onWeighting('');
  };
  const spoken =
    (asked === undefined ? `own space of the set, ${space.name}: ` : '') +
    ('depth' in shown ? depthText(depth) : 'own weights of the layers');
  return (
    <Stack gap={8} className={styles.box} role="group" aria-label="What makes samples similar">
      <Group justify="space-between" wrap="nowrap" mih={26} gap="xs">
        <Text size="xs" fw={500}>
          What makes them similar
        </Text>
        {asked === undefined ? (
          <Text size="xs" c="dimmed" truncate>
            as in the space {space.name}
          </Text>
        ) : (
          <Button
            size="compact-sm"
            fz="xs"
            variant="subtle"
            leftSection={<IconRestore size={13} />}
            onClick={reset}
          >
            Back to the space {space.name}
          </Button>
        )}
      </Group>
      <Slider
        className={styles.slider}
        size="sm"
        min={0}
        max={1}
        step={STEP}
        marks={MARKS}
        value={depth}
        label={null}
        color={'depth' in shown ? 'noema' : 'gray'}
        thumbLabel="Depth, from appearance to concept"
        thumbValueText={spoken}
        onChange={(next) => {
          move({ depth: next });
        }}
      />
      <div className={styles.ends} aria-hidden>
        <span>appearance</span>
        <span>all</span>
        <span>concept</span>
      </div>
      <LayerSharesView layers={layers} weights={weights} />
      <LayerWeightsView
        layers={layers}
        weights={weights}
        onWeights={(next) => {
          move({ weights: next });
        }}
      />
    </Stack>
  );
}
