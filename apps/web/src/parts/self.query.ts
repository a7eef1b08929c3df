import { useQuery } from '@tanstack/react-query';
import { tokens } from '../api/clients.js';

/** Key of who is signed in. */
export const SELF = ['self'] as const;

/** Who is signed in, and into which team. */
export const useSelf = ({ enabled = true } = {}) =>
  useQuery({
    queryKey: SELF,
    queryFn: ({ signal }) => tokens.getSelf({}, { signal }),
    staleTime: 60_000,
    enabled,
  });
