import { Kbd, Progress, Stack, Text } from '@mantine/core';
import type { InsightAudit } from '@noema/contracts/noema/insights/v1/insight_service';
import { capitalised } from '../../parts/capitalised.js';
import { count, counted, part } from '../../parts/numbers.js';

/** The verdict of a person who cannot decide. */
export const UNSURE = 'Cannot say';

/** The running result of an audit: counts, the bound, and up to where the order can be trusted. */
export function BoundView({
  audit,
  total,
  words,
}: {
  audit: InsightAudit | undefined;
  total: number;
  words: { readonly wrong: string; readonly right: string };
}) {
  if (audit === undefined) return null;
  const { wrong, right, unsure, bound, q, cut, wrongShareLow, wrongShareHigh, sentence } = audit;
  const judged = wrong + right + unsure;
  return (
    <Stack gap="sm">
      <Text size="sm" role="status" data-testid="audit-sentence">
        {judged === 0 ? 'No sample is judged yet.' : sentence}
      </Text>
      {judged > 0 && (
        <Text size="sm">
          {counted(judged, 'sample')} judged: {words.wrong.toLowerCase()} {count(wrong)},{' '}
          {words.right.toLowerCase()} {count(right)}, {UNSURE.toLowerCase()} {count(unsure)}.
        </Text>
      )}
      {judged > 0 && (
        <>
          <Text size="sm">
            {capitalised(words.wrong.toLowerCase())} for {part(wrongShareLow)} to {part(wrongShareHigh)} of
            all {count(total)} (95% interval).
          </Text>
          <div>
            <Text size="xs" c="dimmed" mb={4}>
              Above the cut, at most {part(bound)} are no fault; {part(q)} are allowed.
            </Text>
            <Progress
              value={100 * Math.min(1, bound)}
              color={bound <= q ? 'green.8' : 'orange.8'}
              aria-label="Upper bound of the share without a fault"
            />
          </div>
          <Text size="sm">
            {cut > 0
              ? `The first ${count(cut)} of ${count(total)} can be acted on.`
              : 'No part of the list can be acted on yet.'}
          </Text>
        </>
      )}
      <Text size="xs" c="dimmed">
        Every verdict is stored at once: leave and come back at any time. Keys: <Kbd size="xs">1</Kbd>{' '}
        <Kbd size="xs">2</Kbd> <Kbd size="xs">3</Kbd>, <Kbd size="xs">U</Kbd> takes the last one back.
      </Text>
    </Stack>
  );
}
