import { Stack, Text } from '@mantine/core';
import type { Insight, InsightNumber } from '@noema/contracts/noema/insights/v1/insight';
import {
  chanceText,
  effectDifference,
  effectInterval,
  effectValue,
  numberText,
} from '../../features/insights/insight-text.js';
import { capitalised } from '../../parts/capitalised.js';
import { count } from '../../parts/numbers.js';
import { SectionView } from '../../parts/section.view.js';
import classes from './insights.module.css';

/** The numbers of an insight: inside, outside, their difference with its interval, and the chance of luck. */
export function EffectView({ insight }: { insight: Insight }) {
  const { effect, namedNumbers, remarks, qValue, tried } = insight;
  const further = joinIntervals(namedNumbers);
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
        {further.map((figure) => {
          const { title, number } = figure;
          const interval = intervalText(figure, effect);
          return (
            <NumberView
              key={title}
              name={title}
              text={number === undefined ? interval : numberText(number, effect)}
              note={number === undefined ? '' : interval}
            />
          );
        })}
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

/** A number with the ends of its interval, or an interval alone. */
interface Figure {
  readonly title: string;
  readonly number: InsightNumber | undefined;
  readonly low: InsightNumber | undefined;
  readonly high: InsightNumber | undefined;
}

/** Numbers, each with the ends of its interval, which have its name and `Low` and `High`. */
function joinIntervals(numbers: readonly InsightNumber[]): Figure[] {
  const byName = new Map(numbers.map((one) => [one.name, one]));
  const bases = new Set(numbers.map(({ name }) => name.replace(/(?:Low|High)$/, '')));
  return [...bases].map((base) => {
    const [number, low, high] = [base, `${base}Low`, `${base}High`].map((name) => byName.get(name));
    const title = (number ?? low ?? high)!.title.replace(/, (?:from|to)$/, '');
    return { title: number?.title ?? title, number, low, high };
  });
}

/** An interval in words: `0.3 to 1.2 points`; empty unless both ends are known. */
const intervalText = ({ low, high }: Figure, effect: Insight['effect']): string =>
  low === undefined || high === undefined
    ? ''
    : `${numberText(low, effect).replace(/ points$/, '')} to ${numberText(high, effect)}`;

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
