import { skipToken, useQuery } from '@tanstack/react-query';
import { evaluations } from '../../api/clients.js';

/**
 * Which color of the palette each class of a run takes. It follows what the model confused after the first
 * epoch, when it confuses most: that never changes, so a class has one color in all epochs and on all pages.
 * Classes keep their order while it is unknown.
 */
export function useClassOrder(
  runId: string,
  firstEpoch: number | undefined,
  classes: number,
  isWanted = true,
): {
  readonly order: readonly number[] | undefined /** Whether it is on its way. */;
  readonly isComing: boolean;
} {
  const isAsked = isWanted && firstEpoch !== undefined && classes > 2;
  const { data, isLoading } = useQuery({
    queryKey: ['classOrder', runId, firstEpoch, classes],
    staleTime: Infinity,
    retry: false,
    queryFn: !isAsked
      ? skipToken
      : async ({ signal }) => {
          // One row and the rest are all of them.
          const [{ selected, rest }, { classOrder }] = await Promise.all([
            evaluations.compareEvaluations(
              { runId, epoch: firstEpoch, selection: { bitmap: Uint8Array.of(1) } },
              { signal },
            ),
            import('./class-order.js'),
          ]);
          return classOrder(classes, [...(selected?.confusion ?? []), ...(rest?.confusion ?? [])]);
        },
  });
  return { order: data, isComing: isLoading };
}
