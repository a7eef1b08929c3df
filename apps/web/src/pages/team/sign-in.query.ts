import { create } from '@bufbuild/protobuf';
import { GetSelfResponseSchema } from '@noema/contracts/noema/workspace/v1/token_service';
import { useMutation, useQueryClient, type UseMutationResult } from '@tanstack/react-query';
import { useNavigate } from 'react-router-dom';
import { sessions } from '../../api/session-client.js';
import { SELF } from '../../parts/self.query.js';
import { sessionChanged } from '../../parts/session.js';

/** Signs in with a key and goes on to where one came from. */
export type SignIn = UseMutationResult<unknown, Error, string>;

export function useSignIn(next: string): SignIn {
  const navigate = useNavigate();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (apiKey: string) => sessions.createSession({ apiKey }),
    onSuccess: async ({ self }) => {
      sessionChanged();
      client.setQueryData(SELF, self ?? create(GetSelfResponseSchema));
      await navigate(next, { replace: true });
    },
  });
}
