/** Names of which each further one is counted: `dense`, `dense_1`. */
export function nameCounter(): (name: string) => string {
  const used = new Map<string, number>();
  return (name) => {
    const before = used.get(name) ?? 0;
    used.set(name, before + 1);
    return before === 0 ? name : `${name}_${before}`;
  };
}

/** Class names as Keras spells them in paths: `Conv2D` is conv2d, `PReLU` is p_re_lu. */
export const groupName = (kind: string): string =>
  (kind === 'Model' ? 'Functional' : kind)
    .replaceAll(/\W+/g, '')
    .replaceAll(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
