import { ActionIcon, Button, Group, Slider, Text, Tooltip } from '@mantine/core';
import type { Epoch, SplitMetrics } from '@noema/contracts/noema/training/v1/epoch';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { IconPlayerPauseFilled, IconPlayerPlayFilled, IconRepeat } from '@tabler/icons-react';
import { metricValue, value as numberText } from '../../../parts/numbers.js';
import { plainName } from '../../../parts/plain-name.js';
import styles from '../style/population.module.css';
import { usePopulation } from '../model/population-context.js';

/** Goes through the epochs, by hand or by itself, beneath the losses that belong to them. */
export function EpochBarView() {
  const { choice, available, history, play, setEpoch } = usePopulation();
  const { epoch } = choice;
  const { playing, speed, repeats } = play;
  const last = Math.max(epoch, available.at(-1) ?? 1, history.at(-1)?.epoch ?? 1);
  const now = history.find((one) => one.epoch === epoch);
  const [training, held] = [
    findSplit(now, Split.TRAINING),
    findSplit(now, Split.VALIDATION) ?? findSplit(now, Split.TEST),
  ];
  // The first metric is that of the task; a run without metrics shows that it has no accuracy.
  const metric = held?.metrics[0] ?? { name: 'accuracy', value: undefined };
  return (
    <Group gap="md" px="md" py={8} wrap="nowrap" h="100%" component="section" aria-label="Epochs">
      <Tooltip label={playing ? 'Pause (space)' : 'Play (space)'}>
        <ActionIcon
          size={36}
          radius="xl"
          variant={playing ? 'filled' : 'light'}
          aria-label={playing ? 'Pause' : 'Play the epochs'}
          disabled={available.length < 2}
          onClick={play.toggle}
        >
          {playing ? <IconPlayerPauseFilled size={17} /> : <IconPlayerPlayFilled size={17} />}
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Speed of playing">
        <Button
          size="compact-xs"
          variant="subtle"
          color="gray"
          w={38}
          px={0}
          mx={-8}
          aria-label={`Speed of playing: ${speed}×`}
          disabled={available.length < 2}
          onClick={play.faster}
        >
          {speed}×
        </Button>
      </Tooltip>
      <Tooltip label="Repeat">
        <ActionIcon
          size={28}
          variant={repeats ? 'light' : 'subtle'}
          color={repeats ? 'blue' : 'gray'}
          aria-label="Repeat"
          aria-pressed={repeats}
          disabled={available.length < 2}
          onClick={play.repeat}
        >
          <IconRepeat size={16} />
        </ActionIcon>
      </Tooltip>
      <Text
        size="sm"
        fw={600}
        style={{ whiteSpace: 'nowrap', flexShrink: 0 }}
        miw={86}
        aria-live="polite"
        data-testid="epoch"
      >
        Epoch {epoch}
        <Text span c="dimmed" fw={400}>
          {' '}
          of {last}
        </Text>
      </Text>
      <div style={{ flex: 1, minWidth: 80, position: 'relative', paddingTop: 2 }}>
        <Sparkline history={history} last={last} />
        <Slider
          value={epoch}
          min={1}
          max={Math.max(2, last)}
          step={1}
          size={4}
          thumbSize={16}
          label={null}
          disabled={last < 2}
          thumbLabel="Epoch"
          marks={available.map((value) => ({ value }))}
          onChange={setEpoch}
        />
      </div>
      <dl className={styles.facts} style={{ flex: 'none', margin: 0, minWidth: 150 }}>
        <dt>{held === undefined ? 'training' : 'validation'} loss</dt>
        <dd title={`training loss ${numberText(training?.loss)}`}>{numberText((held ?? training)?.loss)}</dd>
        <dt title={plainName(metric.name)}>{plainName(metric.name)}</dt>
        <dd>{metricValue(metric.name, metric.value)}</dd>
      </dl>
    </Group>
  );
}

const findSplit = (epoch: Epoch | undefined, split: Split): SplitMetrics | undefined =>
  epoch?.splits.find((one) => one.split === split);

/** Loss of training and validation over the epochs, each at its place above the slider. */
function Sparkline({ history, last }: { history: readonly Epoch[]; last: number }) {
  if (history.length < 2) return <div style={{ height: 26 }} />;
  const losses = history
    .flatMap((one) => one.splits.map(({ loss }) => loss))
    .filter((loss) => loss > 0 && Number.isFinite(loss))
    .map(Math.log);
  const [low, high] = [Math.min(...losses), Math.max(...losses)];
  const line = (split: Split): string =>
    history
      .flatMap((one) => {
        const loss = findSplit(one, split)?.loss ?? 0;
        if (!(loss > 0 && Number.isFinite(loss))) return [];
        const x = ((one.epoch - 1) / Math.max(1, last - 1)) * 100;
        const y = 24 - ((Math.log(loss) - low) / (high - low || 1)) * 22;
        return [`${x},${y}`];
      })
      .join(' ');
  return (
    <svg
      viewBox="0 0 100 26"
      preserveAspectRatio="none"
      width="100%"
      height={26}
      style={{ display: 'block', overflow: 'visible' }}
      role="img"
      aria-label="Loss over the epochs on a logarithmic scale: blue validation, gray training"
    >
      <polyline
        points={line(Split.TRAINING)}
        fill="none"
        stroke="var(--mantine-color-gray-5)"
        strokeWidth={1.5}
        vectorEffect="non-scaling-stroke"
      />
      <polyline
        points={line(Split.VALIDATION)}
        fill="none"
        stroke="var(--mantine-primary-color-filled)"
        strokeWidth={1.75}
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}
