import type { CallToolResult } from '@modelcontextprotocol/server';
import { asDomainError } from '@noema/kernel';
import { DataText, fence } from './fence.js';

/** Longest message of an error, in characters. */
const MAX_MESSAGE = 1000;

/**
 * Renders an error: its reason, and its message, which says what was wrong and what to do. The message is fenced,
 * because it may quote data. The message of an unexpected error stays here.
 */
export function renderFault(thrown: unknown): CallToolResult {
  const { kind, reason, message } = asDomainError(thrown);
  const text =
    kind === 'internal'
      ? 'the call failed for a reason that is in the log of the server; try it again'
      : message;
  const error = { reason, message: fence(new DataText(text, MAX_MESSAGE)) };
  return { isError: true, content: [{ type: 'text', text: JSON.stringify({ error }) }] };
}
