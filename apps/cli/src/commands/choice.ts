import { InvalidArgumentError } from 'commander';

/** Returns the value of a word. Throws commander's InvalidArgumentError with the known words. */
export function choose<T>(known: Readonly<Record<string, T>>, word: string): T {
  if (!Object.hasOwn(known, word))
    throw new InvalidArgumentError(`"${word}" is not one of ${Object.keys(known).join(', ')}`);
  return known[word]!;
}

/** Parser of an option that takes one of some words. */
export const choiceOption =
  <T>(known: Readonly<Record<string, T>>) =>
  (word: string): T =>
    choose(known, word);
