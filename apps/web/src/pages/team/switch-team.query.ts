import { useMutation, useQueryClient, type UseMutationResult } from '@tanstack/react-query';
import { useNavigate } from 'react-router-dom';
import { sessions } from '../../api/session-client.js';
import { SELF } from '../../parts/self.query.js';
import { sessionChanged } from '../../parts/session.js';

/** Lets the session act for another team and goes on, with nothing of the team before. */
export function useSwitchTeam(next: string): UseMutationResult<unknown, Error, string> {
  const navigate = useNavigate();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (teamId: string) => sessions.switchSessionTeam({ teamId }),
    onSuccess: async ({ self }) => {
      sessionChanged();
      if (self !== undefined) client.setQueryData(SELF, self);
      await navigate(next, { replace: true });
    },
  });
}
