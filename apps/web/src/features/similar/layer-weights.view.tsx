import { Button, Slider, Text } from '@mantine/core';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { Fragment, useId, useState } from 'react';
import { fixed } from '../../parts/numbers.js';
import styles from './depth.module.css';

/** The weight of every layer, on demand: a slider each, from not at all to twice as much. */
export function LayerWeightsView({
  layers,
  weights,
  onWeights,
}: {
  layers: readonly string[];
  weights: readonly number[];
  onWeights: (weights: Readonly<Record<string, number>>) => void;
}) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const counts = weights.some((weight) => weight > 0);
  return (
    <div>
      <Button
        size="compact-sm"
        fz="xs"
        variant="subtle"
        color="gray"
        aria-expanded={open}
        aria-controls={id}
        leftSection={open ? <IconChevronDown size={13} /> : <IconChevronRight size={13} />}
        onClick={() => {
          setOpen(!open);
        }}
      >
        Weight of each layer
      </Button>
      <div id={id} hidden={!open}>
        {open && (
          <div className={styles.weights}>
            {layers.map((layer, at) => (
              <Fragment key={layer}>
                <span className={styles.name} title={layer}>
                  {layer}
                </span>
                <Slider
                  size="xs"
                  min={0}
                  max={2}
                  step={0.1}
                  label={null}
                  value={weights[at] ?? 0}
                  thumbLabel={`Weight of ${layer}`}
                  onChange={(weight) => {
                    onWeights(
                      Object.fromEntries(
                        layers.map((name, i) => [name, i === at ? weight : (weights[i] ?? 0)]),
                      ),
                    );
                  }}
                />
                <span>× {fixed(weights[at] ?? 0, 1)}</span>
              </Fragment>
            ))}
          </div>
        )}
        {open && !counts && (
          <Text size="xs" c="red" role="alert">
            Every weight is 0. Raise one to search again.
          </Text>
        )}
      </div>
    </div>
  );
}
