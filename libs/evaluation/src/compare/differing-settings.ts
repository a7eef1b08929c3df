/** A setting that two versions do not share; undefined where a version does not have it. */
export interface DifferingSetting {
  /** Words with a dot between levels: `optimizer.config.learning rate`. */
  readonly name: string;
  readonly before: string | undefined;
  readonly now: string | undefined;
}

/** Lists the settings that differ; nested objects are compared setting by setting, lists as a whole. */
export function differingSettings(before: object, now: object): DifferingSetting[] {
  const [a, b] = [flatten(before), flatten(now)];
  return [...new Set([...a.keys(), ...b.keys()])]
    .filter((name) => a.get(name) !== b.get(name))
    .map((name) => ({ name, before: a.get(name), now: b.get(name) }));
}

type Value = string | number | boolean | bigint | object | null | undefined;

function flatten(settings: object, prefix = ''): Map<string, string> {
  const flat = new Map<string, string>();
  for (const [key, value] of Object.entries(settings) as [string, Value][]) {
    // Messages name their type.
    if (key === '$typeName' || key === '$unknown' || value === undefined || value === '') continue;
    const name = `${prefix}${key.replaceAll('_', ' ').replaceAll(/(?<=[a-z])[A-Z]/g, (c) => ` ${c.toLowerCase()}`)}`;
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      for (const [inner, text] of flatten(value, `${name}.`)) flat.set(inner, text);
    else if (typeof value !== 'object' || value === null) flat.set(name, String(value));
    else if (value.length > 0) flat.set(name, (value as readonly Value[]).map(formatItem).join(', '));
  }
  return flat;
}

const formatItem = (item: Value): string =>
  typeof item === 'object' && item !== null
    ? [...flatten(item)].map(([name, text]) => (name === 'name' ? text : `${name} ${text}`)).join(' ')
    : String(item);
