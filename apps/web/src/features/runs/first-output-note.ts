/** Which output numbers of an evaluation belong to, for people; undefined for a model with one output. */
export const noteFirstOutput = ([first, ...others]: readonly string[]): string | undefined =>
  others.length === 0
    ? undefined
    : `Classes and predictions are of ${first}, the first of ${others.length + 1} outputs; losses are the sum of all.`;
