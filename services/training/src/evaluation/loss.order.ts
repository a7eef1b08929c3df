import { sortedRows } from '@noema/kernel';

/** Rows with a loss by falling loss, equal ones by row; then the rows without, by row. */
export function rowsByLoss(loss: Float32Array, hasLoss: Uint8Array): Uint32Array {
  const order = new Uint32Array(loss.length);
  let count = 0;
  let end = loss.length;
  // The rows with a loss from the last to the first, which a rising order keeps where losses are equal.
  for (let row = loss.length - 1; row >= 0; row--) order[hasLoss[row] === 1 ? count++ : --end] = row;
  const judged = order.slice(0, count);
  const losses = new Float32Array(count);
  for (let i = 0; i < count; i++) losses[i] = loss[judged[i]!]!;
  const rising = sortedRows(losses);
  for (let i = 0; i < count; i++) order[count - 1 - i] = judged[rising[i]!]!;
  return order;
}
