import type { AgentTool } from '../tool.js';
import { audit } from './audit.tool.js';
import { compare } from './compare.tool.js';
import { describe } from './describe.tool.js';
import { explain } from './explain.tool.js';
import { find } from './find.tool.js';
import { insight, insights } from './insights.tool.js';
import { jobs } from './jobs.tool.js';
import { picture } from './picture.tool.js';
import { propose } from './propose.tool.js';
import { query } from './query.tool.js';
import { samples } from './samples.tool.js';
import { similar } from './similar.tool.js';
import { test } from './test.tool.js';

/** All tools, in the order in which a client lists them. */
export const TOOLS: readonly AgentTool[] = [
  find,
  describe,
  query,
  samples,
  explain,
  similar,
  compare,
  insights,
  insight,
  audit,
  test,
  propose,
  jobs,
  picture,
];
