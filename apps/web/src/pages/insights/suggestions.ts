import type { InsightMember } from '@noema/contracts/noema/insights/v1/insight';

type Labelled = Pick<InsightMember, 'trueClass' | 'trueClassName' | 'suggestedClass' | 'suggestedClassName'>;

/** A label, the class that is suggested instead, and the number of samples. */
export interface Suggestion {
  readonly from: Labelled;
  readonly to: Labelled;
  readonly samples: number;
}

/** How often each class is suggested instead of each label, the most frequent first. */
export function countSuggestions(members: readonly Labelled[]): Suggestion[] {
  const pairs = new Map<string, { from: Labelled; to: Labelled; samples: number }>();
  for (const member of members) {
    if (member.suggestedClass < 0) continue;
    const key = `${member.trueClass} ${member.suggestedClass}`;
    const pair = pairs.get(key) ?? { from: member, to: member, samples: 0 };
    pair.samples++;
    pairs.set(key, pair);
  }
  return [...pairs.values()].sort((a, b) => b.samples - a.samples);
}
