import { Skeleton, Stack } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { FaultView } from './fault.view.js';

/** Shows what a query brought; a sketch of it while it loads, the reason when it fails. */
export function QueryView<T>({
  query,
  children,
  lines = 3,
}: {
  query: UseQueryResult<T>;
  children: (data: T) => ReactNode;
  lines?: number;
}) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error !== null)
    return (
      <FaultView
        error={query.error}
        retry={() => {
          void query.refetch();
        }}
      />
    );
  return <LoadingView lines={lines} />;
}

/** A sketch of lines in the place of data that load. */
export function LoadingView({ lines }: { lines: number }) {
  return (
    <Stack gap="xs" role="status" aria-busy="true" aria-label="loading">
      {Array.from({ length: lines }, (_, i) => (
        <Skeleton key={i} height={18} width={`${90 - (i % 3) * 18}%`} />
      ))}
    </Stack>
  );
}
