import type * as z from 'zod';
import type { Answer, Position } from './answer/answer.js';
import type { TeamCache } from '@noema/judging';
import type { Platform } from './platform/platform.js';

/** Context of all tools: the platform with the rights of one caller, and the limits of the server. */
export interface AgentContext {
  readonly platform: Platform;
  /** Project of calls that name none; by default the only one, or `default`. */
  readonly project?: string | undefined;
  readonly allowWrites: boolean;
  /** Largest population that a tool reads as a whole. */
  readonly maxRows: number;
  /** Evaluations that earlier calls of the team have read. Default: each call reads them itself. */
  readonly cache?: TeamCache | undefined;
  /** Aborts when the client cancels the call or leaves. */
  readonly signal?: AbortSignal | undefined;
}

/** A tool: a call of the platform, or a few, and an answer. */
export interface AgentTool<Schema extends z.ZodType = z.ZodType> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly input: Schema;
  /** False for a tool that can start work or store something. */
  readonly readsOnly: boolean;
  run(context: AgentContext, input: z.output<Schema>, from: Position): Promise<Answer>;
}

/** Keeps the type of the input while a tool is declared. */
export const defineTool = <Schema extends z.ZodType>(tool: AgentTool<Schema>): AgentTool => tool;
