import { judgeTest } from '@noema/evaluation';
import { serveTasks } from '@noema/threads';

/** Input of the task `judge`. */
export type JudgeInput = Parameters<typeof judgeTest>;

serveTasks({ judge: (input: JudgeInput) => judgeTest(...input) });
