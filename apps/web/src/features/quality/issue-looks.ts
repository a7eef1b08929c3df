import type { StateStyle } from '../../parts/states.js';

/** How the states of an issue are shown. */
export const ISSUE_LOOKS: Readonly<Record<'open' | 'closed', StateStyle>> = {
  open: { label: 'open', color: 'blue', look: 'waits' },
  closed: { label: 'closed', color: 'green', look: 'done' },
};
