import { Group, Stack, Text } from '@mantine/core';
import type { CompareEvaluationsResponse } from '@noema/contracts/noema/training/v1/evaluation_service';
import { percent, value as numberText } from '../../parts/numbers.js';
import { lossTicks } from './bin-ticks.js';
import { confusions, labelPairs, lossPairs } from './differences.js';
import { NamedPairsView, PairedBarsView } from './paired-bars.view.js';
import styles from './selection.module.css';

/** Losses, labels and confusions of a selection next to the rest. */
export function EvaluationDifferenceView({
  data,
  onConfusion,
}: {
  data: CompareEvaluationsResponse;
  onConfusion: (trueClass: string, predictedClass: string) => void;
}) {
  const { selected, rest, classNames } = data;
  if (selected === undefined || rest === undefined) return null;
  const hasRest = rest.count > 0;
  const labels = labelPairs(selected, rest, classNames);
  const ticks = lossTicks(selected.losses);
  const mistaken = confusions(selected.confusion);
  return (
    <Stack gap="md">
      <table className={styles.table}>
        <thead>
          <tr>
            <th>
              <span className="visually-hidden">measure</span>
            </th>
            <th>selected</th>
            <th>rest</th>
          </tr>
        </thead>
        <tbody>
          {selected.classCount + rest.classCount > 0 && (
            <tr>
              <td>accuracy</td>
              <td>{percent(selected.accuracy)}</td>
              <td>{hasRest ? percent(rest.accuracy) : '–'}</td>
            </tr>
          )}
          {selected.lossCount + rest.lossCount > 0 && (
            <tr>
              <td>mean loss</td>
              <td>{numberText(selected.meanLoss)}</td>
              <td>{hasRest ? numberText(rest.meanLoss) : '–'}</td>
            </tr>
          )}
          {selected.lossCount + rest.lossCount > 0 && (
            <tr>
              <td>median loss</td>
              <td>{numberText(selected.medianLoss)}</td>
              <td>{hasRest ? numberText(rest.medianLoss) : '–'}</td>
            </tr>
          )}
        </tbody>
      </table>
      {selected.lossCount > 0 && (
        <div>
          <Text size="xs" fw={600} mb={4}>
            Loss
            {ticks.isLog && (
              <Text span size="xs" fw={400} c="dimmed">
                {' '}
                · log scale
              </Text>
            )}
          </Text>
          <PairedBarsView
            label="Loss of the selection and of the rest"
            pairs={lossPairs(selected, rest)}
            ticks={ticks.marks}
          />
        </div>
      )}
      {labels.length > 0 && (
        <div>
          <Text size="xs" fw={600} mb={6}>
            Labels
          </Text>
          <NamedPairsView label="Labels of the selection and of the rest" pairs={labels} />
        </div>
      )}
      {labels.length > 0 && (
        <div>
          <Text size="xs" fw={600} mb={4}>
            Misclassified as
          </Text>
          {mistaken.length === 0 ? (
            <Text size="xs" c="dimmed">
              All of it is classified correctly.
            </Text>
          ) : (
            <Stack gap={2}>
              {mistaken.map(({ trueClass, predictedClass, count }) => {
                const [is, as] = [
                  classNames[trueClass] ?? String(trueClass),
                  classNames[predictedClass] ?? String(predictedClass),
                ];
                return (
                  <button
                    key={`${trueClass} ${predictedClass}`}
                    type="button"
                    className={styles.confusion}
                    title="Show only these"
                    onClick={() => {
                      onConfusion(is, as);
                    }}
                  >
                    <Group justify="space-between" wrap="nowrap" gap="xs">
                      <Text span size="xs" truncate>
                        label <b>{is}</b>, predicted <b>{as}</b>
                      </Text>
                      <Text span size="xs" fw={650}>
                        {count}
                      </Text>
                    </Group>
                  </button>
                );
              })}
            </Stack>
          )}
        </div>
      )}
    </Stack>
  );
}
