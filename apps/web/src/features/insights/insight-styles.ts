import { InsightChange, InsightState } from '@noema/contracts/noema/insights/v1/insight';
import type { StateStyle } from '../../parts/states.js';

const waits = (label: string, color = 'gray'): StateStyle => ({ label, color, look: 'waits' });
const done = (label: string, color: string): StateStyle => ({ label, color, look: 'done' });

/** The name and the style of each state of an insight. */
export const INSIGHT_STATES: Readonly<Record<InsightState, StateStyle>> = {
  [InsightState.UNSPECIFIED]: waits('unknown'),
  [InsightState.HINT]: waits('hint'),
  [InsightState.CONFIRMED]: done('confirmed', 'blue'),
  [InsightState.AUDITED]: done('audited', 'violet'),
  [InsightState.APPROVED]: done('approved', 'green'),
  [InsightState.DISMISSED]: { label: 'dismissed', color: 'gray', look: 'stopped' },
  [InsightState.FIXED]: done('fixed', 'green'),
};

/** The change of an insight since the search before, in a word. */
export const INSIGHT_CHANGES: Readonly<Record<InsightChange, string>> = {
  [InsightChange.UNSPECIFIED]: '',
  [InsightChange.BORN]: 'new',
  [InsightChange.GREW]: 'grew',
  [InsightChange.SHRANK]: 'shrank',
  [InsightChange.STAYED]: 'stayed',
  [InsightChange.FIXED]: 'not found again',
};
