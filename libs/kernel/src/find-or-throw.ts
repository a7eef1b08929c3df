import { isUuid } from './ids.js';

/**
 * Returns the resource with the id. Throws what `notFound` returns if no resource has it, also for a text that
 * is no uuid, which a database would refuse.
 */
export async function findOrThrow<Resource>(
  resources: { find(id: string): Promise<Resource | undefined> },
  id: string,
  notFound: (id: string) => Error,
): Promise<Resource> {
  const resource = isUuid(id) ? await resources.find(id) : undefined;
  if (resource === undefined) throw notFound(id);
  return resource;
}
