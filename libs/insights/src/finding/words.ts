import type { Population } from '../population/population.js';
import type { Condition, Membership } from './membership.js';
import { shorten } from './numbers.js';

/** Returns who belongs to a membership in words, such as `Samples of 7 with ink at most 0.4`. */
export function describeMembership(membership: Membership, population: Population): string {
  if (membership.by === 'pairs') return 'Samples that are alike';
  const all = membership.all.map((condition) => describeCondition(condition, population));
  const subjects = all.filter(({ subject }) => subject).map(({ text }) => text);
  const others = all.filter(({ subject }) => !subject).map(({ text }) => text);
  if (membership.by === 'ball' || membership.by === 'normal') {
    const space = population.spaces.find(({ key }) => key === membership.space);
    others.push(`that lie together in “${space?.title ?? membership.space}”`);
  }
  return ['Samples', ...subjects, others.join(' and ')].filter((part) => part !== '').join(' ');
}

function describeCondition(
  condition: Condition,
  { classNames }: Population,
): { readonly text: string; readonly subject?: true } {
  switch (condition.on) {
    case 'label':
      if ('differsFrom' in condition)
        return {
          text: `of any class but ${classNames[condition.differsFrom] ?? condition.differsFrom}`,
          subject: true,
        };
      return { text: `of ${classNames[condition.equals] ?? condition.equals}`, subject: true };
    case 'predicted':
      return { text: `predicted as ${classNames[condition.equals] ?? condition.equals}`, subject: true };
    case 'correct':
      return { text: condition.equals ? 'that are correct' : 'that are misclassified' };
    case 'split':
      return { text: `of the split ${condition.equals}` };
    case 'metadata':
      return {
        text:
          'oneOf' in condition
            ? `with ${condition.name} ${condition.oneOf.join(' or ')}`
            : 'noneOf' in condition
              ? `with ${condition.name} other than ${condition.noneOf.join(' or ')}`
              : `with ${condition.name} ${describeRange(condition)}`,
      };
    case 'unit':
      return { text: `with unit ${condition.layer}:${condition.unit} ${describeRange(condition)}` };
  }
}

function describeRange({ above, atMost }: { readonly above?: number; readonly atMost?: number }): string {
  const parts = [
    above === undefined || above === -Infinity ? '' : `above ${shorten(above)}`,
    atMost === undefined || atMost === Infinity ? '' : `at most ${shorten(atMost)}`,
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'known' : parts.join(' and ');
}
