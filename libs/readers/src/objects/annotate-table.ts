import type { FileTree } from '../files/file-tree.js';
import type { Records } from '../records.js';
import { withMasks } from './table-masks.js';
import { withObjects } from './table-objects.js';

/** The records of a table, with the objects or the masks of their pictures where columns have them. */
export async function annotateTable(records: Records, tree: FileTree): Promise<Records> {
  const annotated = await withObjects(records, tree);
  return annotated === records ? withMasks(records, tree) : annotated;
}
