import { judgeTest } from '@noema/evaluation';
import { serveTasks } from '@noema/threads';
import type { JudgeInput } from './judge-document.js';

serveTasks({ judge: (input: JudgeInput) => judgeTest(...input) });
