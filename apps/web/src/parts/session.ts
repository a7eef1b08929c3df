import { queryClient } from '../api/query-client.js';

/** Part of the name of the cookie that the gateway sets next to the session's, which no script reads. */
const MARK = 'noema_signed_in';

/** Whether there may be a session; without one every request for data is refused. */
export const mayBeSignedIn = (): boolean => document.cookie.includes(MARK);

/** Notifies the other tabs of this browser of a sign-in or sign-out. */
const tabs = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('noema-session');

/** Forgets everything that was loaded for whoever was signed in, here and in the other tabs. */
export function sessionChanged(): void {
  queryClient.clear();
  tabs?.postMessage('changed');
}

/** Calls back when another tab signed in or out, until the returned function is called. */
export function onSessionChanged(listener: () => void): () => void {
  tabs?.addEventListener('message', listener);
  return () => {
    tabs?.removeEventListener('message', listener);
  };
}

/**
 * Ends the session on the server; resolves with the address at the identity provider that is to be visited
 * next, or none.
 */
export const endSession = async (): Promise<string> =>
  (await (await import('../api/session-client.js')).sessions.deleteSession({})).continueUri;

/** The address of the page as one may come back to it: path, query, fragment. */
export const hereAsNext = (): string =>
  window.location.pathname + window.location.search + window.location.hash;
