import { normalizeClassName } from '@noema/kernel/class-names';

/** For each number of an output the class of the data that it stands for; null where it is open. */
export type ClassOrder = readonly (string | null)[];

/** Most classes that the form lists; the command line takes more. */
export const MAX_LISTED_CLASSES = 100;

/**
 * The classes of the data by the names that the model states for the numbers of its output: the same name, or one
 * that differs in case, spaces, underscores or hyphens alone. A name that fits several classes, or that appears
 * twice, is left open. No synonyms are guessed.
 */
export function proposeOrder(modelNames: readonly string[], classes: readonly string[]): ClassOrder {
  const count = (names: readonly string[], name: string): number =>
    names.reduce((sum, one) => sum + (one === name ? 1 : 0), 0);
  const [own, given] = [modelNames.map(normalizeClassName), classes.map(normalizeClassName)];
  return classes.map((_, i) => {
    const name = modelNames[i];
    if (name === undefined) return null;
    if (classes.includes(name) && count(modelNames, name) === 1) return name;
    const key = own[i]!;
    return count(own, key) === 1 && count(given, key) === 1 ? classes[given.indexOf(key)]! : null;
  });
}

/** The order with its open numbers filled with the classes that are left, in the order of the data. */
export function fillOrder(order: ClassOrder, classes: readonly string[]): ClassOrder {
  const left = classes.filter((name) => !order.includes(name));
  let next = 0;
  return order.map((name) => name ?? left[next++] ?? null);
}

/** The fault of the class of each number, by name; undefined for a class that is chosen once. */
export function findOrderFaults(order: ClassOrder): readonly (string | undefined)[] {
  return order.map((name, i) => {
    if (name === null) return 'choose a class';
    const other = order.findIndex((one, at) => one === name && at !== i);
    return other === -1 ? undefined : `“${name}” is also chosen for number ${other}`;
  });
}
