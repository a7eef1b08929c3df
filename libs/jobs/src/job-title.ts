const titles = new Map<string, string>();

/** Gives a kind of job its name for people, such as `Ingest data`, and returns the kind. */
export function titledKind<Kind extends string>(kind: Kind, title: string): Kind {
  titles.set(kind, title);
  return kind;
}

/** Returns the name of a kind for people; empty for a kind that this process does not know. */
export const jobTitle = (kind: string): string => titles.get(kind) ?? '';
