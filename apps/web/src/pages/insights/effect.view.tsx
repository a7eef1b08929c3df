import { Stack, Text } from '@mantine/core';
import type { Insight } from '@noema/contracts/noema/insights/v1/insight';
import {
  chanceText,
  effectDifference,
  effectInterval,
  effectValue,
  spacedName,
} from '../../features/insights/insight-text.js';
import { capitalised } from '../../parts/capitalised.js';
import { count, value } from '../../parts/numbers.js';
import { SectionView } from '../../parts/section.view.js';
import classes from './insights.module.css';

/** The numbers of an insight: inside, outside, their difference with its interval, and the chance of luck. */
export function EffectView({ insight }: { insight: Insight }) {
  const { effect, numbers, remarks, qValue, tried } = insight;
  const further = Object.entries(numbers);
  if (effect === undefined && further.length === 0 && remarks.length === 0 && qValue === undefined)
    return null;
  return (
    <SectionView title="Numbers">
      <dl className={classes.numbers} style={{ margin: 0 }}>
        {effect !== undefined && (
          <>
            <NumberView
              name={`${capitalised(effect.measure)} of them`}
              text={effectValue(effect, effect.inside)}
              note={`n ${count(effect.insideCount)}`}
            />
            <NumberView
              name="Of the rest"
              text={effectValue(effect, effect.outside)}
              note={`n ${count(effect.outsideCount)}`}
            />
            <NumberView name="Difference" text={effectDifference(effect)} note={effectInterval(effect)} />
          </>
        )}
        {qValue !== undefined && (
          <NumberView
            name="Chance that it is luck"
            text={chanceText(qValue)}
            note={`adjusted for ${count(tried)} candidates`}
          />
        )}
        {further.map(([name, number]) => (
          <NumberView key={name} name={capitalised(spacedName(name))} text={value(number)} note="" />
        ))}
      </dl>
      {remarks.length > 0 && (
        <Stack gap={2} mt="sm">
          {remarks.map((remark) => (
            <Text key={remark} size="sm" c="dimmed">
              {remark}
            </Text>
          ))}
        </Stack>
      )}
    </SectionView>
  );
}

function NumberView({ name, text, note }: { name: string; text: string; note: string }) {
  return (
    <div>
      <Text component="dt" size="xs" c="dimmed">
        {name}
      </Text>
      <dd style={{ margin: 0 }}>
        <Text fz={20} fw={600} lh={1.3} span>
          {text}
        </Text>
        {note !== '' && (
          <Text size="xs" c="dimmed">
            {note}
          </Text>
        )}
      </dd>
    </div>
  );
}
