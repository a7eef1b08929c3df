import { isTexts, visualInvalid } from './visual-kind.js';

/** Classes of one visual, at most, and characters of the name of one. */
const MAX_LABELS = 10_000;
const MAX_LABEL = 200;

/** Colors of the classes (Okabe & Ito 2008), safe for the color-blind; names distinguish further classes. */
const COLORS = ['#e69f00', '#56b4e9', '#009e73', '#f0e442', '#0072b2', '#d55e00', '#cc79a7'] as const;

/** The color of a class of boxes, masks or spans as CSS; from the eighth class on, colors repeat. */
export const labelColor = (label: number): string => COLORS[label % COLORS.length]!;

/** The color of a class, each channel 0 to 255. */
export const labelRgb = (label: number): [red: number, green: number, blue: number] => {
  const number = parseInt(labelColor(label).slice(1), 16);
  return [number >> 16, (number >> 8) & 255, number & 255];
};

/** Whether a value is a list of class names. */
export const isLabels = (value: unknown): value is string[] =>
  isTexts(value) && value.length <= MAX_LABELS && value.every((label) => label.length <= MAX_LABEL);

/** Whether a value is the index of one of the class names. */
export const isLabelIndex = (labels: readonly string[], value: unknown): boolean =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) < labels.length;

/** Validates class names. Throws `invalid` VISUAL_INVALID. */
export function requireLabels(labels: unknown): readonly string[] {
  if (isLabels(labels)) return labels;
  throw visualInvalid(
    `the labels must be at most ${MAX_LABELS} class names of at most ${MAX_LABEL} characters each`,
  );
}

/**
 * Returns the index of a name within the labels. Without `labels`, the names in alphabetic order are the
 * labels. Throws `invalid` VISUAL_INVALID.
 */
export function indexLabels(
  names: readonly string[],
  labels: unknown,
): { readonly labels: readonly string[]; indexOf(name: string): number } {
  const known = requireLabels(labels ?? [...new Set(names)].sort());
  const indexes = new Map(known.map((label, index) => [label, index]));
  return {
    labels: known,
    indexOf(name) {
      const index = indexes.get(name);
      if (index !== undefined) return index;
      throw visualInvalid(
        `"${name.slice(0, MAX_LABEL)}" is not one of the labels ${known.slice(0, 10).join(', ')}`,
      );
    },
  };
}
